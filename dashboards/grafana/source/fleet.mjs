import {
  answerColours, dashboard, here, lines, row, stat, states, statusColours, table,
} from './panels.mjs';

const rateOf = (labels) => `rate(ddnn_samples_total{${labels}}[$__rate_interval])`;
const results = rateOf(here);
const left = `sum by (exit) (${rateOf(`status!="fallback", ${here}`)})`;
const fallbacks = `sum(${rateOf(`status="fallback", ${here}`)})`;

export default dashboard({
  uid: 'ddnn-fleet',
  title: 'DDNN Fleet',
  about: 'Are we answering? Results, latency, exits, bytes, and who is there.',
  rows: [
    row('Are we answering?', [
      stat({
        title: 'Results', unit: 'suffix:/s', decimals: 1,
        about: 'Samples answered a second, over the last minute. Red: none.',
        steps: ['red', [0.001, 'green']],
        queries: [[`sum(ddnn:results:rate1m{${here}})`]],
      }),
      stat({
        title: 'Latency p95', unit: 's', decimals: 1,
        about: '95 % of the samples of the last minute were answered within this time from their tick, in the slowest group.',
        steps: ['green', [0.133, 'yellow'], [0.5, 'red']],
        queries: [[`max(ddnn:sample_latency_seconds:quantile_rate1m{quantile="0.95", ${here}})`]],
      }),
      stat({
        title: 'Fallbacks', unit: 'percentunit', decimals: 1,
        about: 'Answers that a shallower exit had to give since a deeper tier kept silent, in the worst group.',
        steps: ['green', [0.01, 'yellow'], [0.05, 'red']],
        queries: [[`max(ddnn:status_share:ratio_rate1m{status="fallback", ${here}})`]],
      }),
      stat({
        title: 'Agents down', unit: 'none', decimals: 0, graph: 'none',
        about: 'Agents whose /metrics does not answer. See the timeline below for who.',
        steps: ['green', [1, 'red']],
        queries: [[`count(up{job="ddnn", ${here}} == 0) or vector(0)`]],
      }),
      stat({
        title: 'Cameras down', unit: 'none', decimals: 0, graph: 'none',
        about: 'Cameras that deliver nothing though their agent runs.',
        steps: ['green', [1, 'red']],
        queries: [[`count(ddnn_camera_up{${here}} == 0) or vector(0)`]],
      }),
      stat({
        title: 'Bytes saved', unit: 'percentunit', decimals: 1,
        about: 'What devices did not send, of the pixels that raw offload of the same views would take.',
        steps: ['red', [0.5, 'yellow'], [0.9, 'green']],
        queries: [[`1 - sum(ddnn:device_bytes:rate1m{${here}}) / (sum(ddnn:raw_bytes:rate1m{${here}}) > 0)`]],
      }),
    ]),
    row('Who answers, and how fast', [
      lines({
        title: 'Exit shares', unit: 'percentunit', stacked: true, max: 1, colours: answerColours,
        about: 'Where samples left; fallback: they could not, a deeper tier was silent. A growing cloud share means that the network is less sure of what it sees.',
        queries: [[`(${left} or label_replace(${fallbacks}, "exit", "fallback", "", "")) / on () group_left () (sum(${results}) > 0)`, '{{exit}}']],
      }),
      lines({
        title: 'Latency', unit: 's', colours: { p50: 'green', p95: 'yellow', p99: 'red' },
        about: 'From a sample\'s tick to its result; of an unpaced replay from its first score.',
        queries: [0.5, 0.95, 0.99].map((q) => [
          `histogram_quantile(${q}, sum by (le) (rate(ddnn_sample_latency_seconds_bucket{${here}}[$__rate_interval])))`,
          `p${q * 100}`,
        ]),
      }),
      lines({
        title: 'Results by status', unit: 'suffix:/s', stacked: true, colours: statusColours,
        about: 'ok; degraded: views were missing; fallback: a deeper tier was silent; lost: no answer at all.',
        queries: [
          [`sum by (status) (${results})`, '{{status}}'],
          [`sum(rate(ddnn_samples_lost_total{${here}}[$__rate_interval]))`, 'lost'],
        ],
      }),
      table({
        title: 'What is wrong now',
        about: 'Alerts that fire. dashboards/README.md says what to do about each. Empty is good.',
        hide: ['Time', 'Value', '__name__', 'alertstate', 'instance', 'job'],
        queries: [['ALERTS{alertstate="firing", alertname=~"Ddnn.*", site=~"$site|"}']],
      }),
    ]),
    row('Bytes', [
      lines({
        title: 'Bytes by link', unit: 'Bps', log: true, dashed: ['raw offload'], colours: { 'raw offload': 'red' },
        about: 'Whole MQTT packets, each counted once at its sender, beside the bare pixels that raw offload of the same views would take. A logarithmic axis.',
        queries: [
          [`sum by (link) (rate(ddnn_mqtt_sent_bytes_total{${here}}[$__rate_interval])) > 0`, '{{link}}'],
          [`sum(rate(ddnn_raw_view_bytes_total{${here}}[$__rate_interval])) > 0`, 'raw offload'],
        ],
      }),
      stat({
        title: 'Bytes a view', unit: 'bytes', decimals: 0, width: 6, height: 8,
        about: 'What a device sends for one view, whole MQTT packets and all. Its pixels are 3072 bytes.',
        steps: ['green', [512, 'yellow'], [3072, 'red']],
        queries: [[`sum(rate(ddnn_mqtt_sent_bytes_total{tier="device", link="device_edge", ${here}}[1m])) / (sum(rate(ddnn_views_total{${here}}[1m])) > 0)`]],
      }),
      stat({
        title: 'Saved in the time shown', unit: 'bytes', decimals: 1, width: 6, height: 8, graph: 'none',
        about: 'Pixels of all views that were answered for, less what devices sent instead.',
        queries: [[`sum(increase(ddnn_raw_view_bytes_total{${here}}[$__range])) - sum(increase(ddnn_mqtt_sent_bytes_total{tier="device", link="device_edge", ${here}}[$__range]))`]],
      }),
    ]),
    row('Who is there', [
      states({
        title: 'Agents', height: 10,
        about: 'Whether each agent\'s /metrics answered. A killed agent shows within two scrapes.',
        queries: [[`max by (site, tier, agent) (up{job="ddnn", ${here}})`, '{{site}} {{agent}}']],
      }),
      states({
        title: 'Cameras', height: 10,
        about: 'Whether each camera delivers frames.',
        queries: [[`max by (site, agent) (ddnn_camera_up{${here}})`, '{{site}} {{agent}}']],
      }),
      table({
        title: 'What runs', unit: 's', decimals: 0,
        about: 'Each agent\'s program and network, and how long it has been up. Devices and edges of a group must have the same hash.',
        hide: ['Time', '__name__', 'instance', 'job', 'device', 'commit'],
        rename: { Value: 'up for' },
        queries: [[`(time() - process_start_time_seconds{${here}}) * on (instance) group_left (bundle, hash) ddnn_bundle_info * on (instance) group_left (version, commit) ddnn_build_info`]],
      }),
      lines({
        title: 'Comings and goings', unit: 'none',
        about: 'Agents that came to a group, left it or were sent away (they do not fit it), cameras that came and went, and edges that quarrel over a group.',
        queries: [
          [`sum(increase(ddnn_devices_came_total{${here}}[$__rate_interval]))`, 'devices came'],
          [`sum(increase(ddnn_devices_gone_total{${here}}[$__rate_interval]))`, 'devices gone'],
          [`sum(increase(ddnn_edges_came_total{${here}}[$__rate_interval]))`, 'edges came'],
          [`sum(increase(ddnn_edges_gone_total{${here}}[$__rate_interval]))`, 'edges gone'],
          [`sum by (to) (increase(ddnn_camera_changes_total{${here}}[$__rate_interval]))`, 'cameras {{to}}'],
          [`sum by (reason) (increase(ddnn_claims_refused_total{${here}}[$__rate_interval]))`, 'sent away: {{reason}}'],
          [`sum(increase(ddnn_rival_edges_total{${here}}[$__rate_interval]))`, 'rival edges'],
        ],
      }),
    ]),
  ],
});
