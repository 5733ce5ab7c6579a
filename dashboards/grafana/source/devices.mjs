import { dashboard, here, lines, row, stat, states } from './panels.mjs';

const one = 'site=~"$site", agent="$device"';
const rate = (metric) => `rate(${metric}{${one}}[$__rate_interval])`;

export default dashboard({
  uid: 'ddnn-devices',
  title: 'DDNN Devices',
  about: 'One row a device: its camera, its frames, its machine and its clock.',
  variables: [[
    'device', 'Device',
    'label_values(ddnn_ticks_total{site=~"$site", group=~"$group"}, agent)',
  ]],
  rows: [
    row('All devices', [
      states({
        title: 'Cameras', height: 7,
        about: 'Whether each camera delivers frames.',
        queries: [[`max by (site, agent) (ddnn_camera_up{${here}})`, '{{site}} {{agent}}']],
      }),
      lines({
        title: 'CPU', unit: 'percentunit', height: 7,
        about: 'Share of a core that each device agent takes.',
        queries: [[`sum by (agent) (rate(process_cpu_seconds_total{tier="device", ${here}}[$__rate_interval]))`, '{{agent}}']],
      }),
    ]),
    row('$device', [
      stat({
        title: 'Camera', unit: 'none', graph: 'none',
        about: 'Whether the camera delivers frames.',
        steps: ['red', [1, 'green']],
        mappings: [{
          type: 'value',
          options: {
            0: { index: 0, text: 'down', color: 'red' },
            1: { index: 1, text: 'up', color: 'green' },
          },
        }],
        queries: [[`min(ddnn_camera_up{${one}})`]],
      }),
      stat({
        title: 'Newest frame', unit: 's', decimals: 1, graph: 'none',
        about: 'Age of the camera\'s newest frame.',
        steps: ['green', [5, 'yellow'], [30, 'red']],
        queries: [[`time() - max(ddnn_last_frame_timestamp_seconds{${one}} > 0)`]],
      }),
      stat({
        title: 'Ticks', unit: 'suffix:/s', decimals: 1,
        about: 'Ticks whose views went through the device section, a second.',
        steps: ['red', [0.001, 'green']],
        queries: [[`sum(rate(ddnn_ticks_total{${one}}[1m]))`]],
      }),
      stat({
        title: 'CPU', unit: 'percentunit', decimals: 1,
        about: 'Share of one core.',
        steps: ['green', [0.7, 'yellow'], [0.95, 'red']],
        queries: [[`sum(rate(process_cpu_seconds_total{${one}}[1m]))`]],
      }),
      stat({
        title: 'Memory', unit: 'bytes', decimals: 0,
        about: 'Resident memory of the agent.',
        steps: ['green', [200e6, 'yellow'], [400e6, 'red']],
        queries: [[`max(process_resident_memory_bytes{${one}})`]],
      }),
      stat({
        title: 'Clock', unit: 's', decimals: 1,
        about: 'How far its clock is ahead of its edge\'s; negative: behind. Fusion wants less than a tenth of a second.',
        steps: ['red', [-0.1, 'yellow'], [-0.05, 'green'], [0.05, 'yellow'], [0.1, 'red']],
        queries: [[`max(ddnn_clock_offset_seconds{${one}})`]],
      }),
      lines({
        title: 'Frames', unit: 'suffix:/s', width: 8, height: 7,
        about: 'Frames captured; those replaced by a newer one before a tick took them, or unreadable; ticks and views left out; ticks offered again after the broker or the edge was away; cameras opened again.',
        queries: [
          [`sum(${rate('ddnn_frames_captured_total')})`, 'captured'],
          [`sum by (reason) (${rate('ddnn_frames_dropped_total')})`, 'frame {{reason}}'],
          [`sum by (reason) (${rate('ddnn_ticks_dropped_total')})`, 'tick {{reason}}'],
          [`sum(${rate('ddnn_views_left_out_total')})`, 'views left out'],
          [`sum(${rate('ddnn_ticks_offered_again_total')})`, 'ticks offered again'],
          [`sum(${rate('ddnn_camera_restarts_total')})`, 'camera restarts'],
        ],
      }),
      lines({
        title: 'Sent', unit: 'Bps', width: 8, height: 7, dashed: ['budget'],
        about: 'Whole MQTT packets by kind, and the budget if the agent has one.',
        queries: [
          [`sum by (kind) (${rate('ddnn_mqtt_sent_bytes_total')}) > 0`, '{{kind}}'],
          [`max(ddnn_byte_budget_bytes_per_second{${one}}) > 0`, 'budget'],
        ],
      }),
      lines({
        title: 'Clock against its edge', unit: 's', width: 8, height: 7, min: undefined, dashed: ['error', '- error'],
        about: 'Offset of its clock, and what the measurement may be wrong by (half a round trip).',
        queries: [
          [`max(ddnn_clock_offset_seconds{${one}})`, 'offset'],
          [`max(ddnn_clock_error_seconds{${one}})`, 'error'],
          [`- max(ddnn_clock_error_seconds{${one}})`, '- error'],
        ],
      }),
      lines({
        title: 'Stages p95', unit: 's', width: 8, height: 7, log: true,
        about: 'Time that each stage takes in 95 % of the cases.',
        queries: [[`histogram_quantile(0.95, sum by (stage, le) (${rate('ddnn_stage_duration_seconds_bucket')})) > 0`, '{{stage}}']],
      }),
      lines({
        title: 'Open files', unit: 'none', width: 8, height: 7,
        about: 'File descriptors of the process; a rising line is a leak.',
        queries: [[`max(process_open_fds{${one}})`, 'open']],
      }),
      lines({
        title: 'Machine', unit: 'celsius', width: 8, height: 7,
        about: 'Temperatures where the kernel tells. A "throttled" line: the machine is slowed down for that reason (shown as 100).',
        steps: ['green', [80, 'red']],
        queries: [
          [`max by (sensor) (ddnn_host_temperature_celsius{${one}})`, '{{sensor}}'],
          [`100 * max by (reason) (ddnn_host_throttled{${one}} > 0)`, 'throttled: {{reason}}'],
        ],
      }),
    ], 'device'),
  ],
});
