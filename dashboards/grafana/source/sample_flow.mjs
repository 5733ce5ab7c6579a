import {
  dashboard, exitColours, heatmap, here, lines, row, stat,
} from './panels.mjs';

const rate = (metric, labels = '') =>
  `rate(${metric}{${labels ? `${labels}, ` : ''}${here}}[$__rate_interval])`;
const increase = (metric, labels) =>
  `increase(${metric}{${labels}, ${here}}[$__rate_interval])`;
const exits = Object.keys(exitColours);
const colourOf = (exit) => ({ mode: 'fixed', fixedColor: exitColours[exit] });

export default dashboard({
  uid: 'ddnn-sample-flow',
  title: 'DDNN Sample flow',
  about: 'The way of samples: how sure each exit is, what each stage costs, which views are there, and what went wrong.',
  rows: [
    row('How sure', [
      ...exits.map((exit) => stat({
        title: `T ${exit}`, unit: 'none', decimals: 2, graph: 'none', quiet: true, fixedColour: colourOf(exit),
        about: `A sample leaves at the ${exit} exit if its eta is at most this threshold. Lower: fewer leave, more bytes, more right.`,
        queries: [[`max(ddnn_exit_threshold{exit="${exit}", ${here}})`]],
      })),
      ...exits.map((exit) => stat({
        title: `Reach ${exit}`, unit: 'percentunit', decimals: 0,
        about: `Of the samples answered in the last minute, those that got as far as the ${exit} exit.`,
        quiet: true, fixedColour: colourOf(exit),
        queries: [[`sum(rate(ddnn_exit_entropy_count{exit="${exit}", ${here}}[1m])) / (sum(rate(ddnn_samples_total{${here}}[1m])) > 0)`]],
      })),
      ...exits.map((exit) => heatmap({
        title: `eta at the ${exit} exit`, unit: 'none',
        about: `Normalised entropy of the samples that reached the ${exit} exit: 0 is sure, 1 knows nothing. Much weight at the threshold means that a small change of T moves many samples.`,
        queries: [[`sum by (le) (${increase('ddnn_exit_entropy_bucket', `exit="${exit}"`)})`, '{{le}}']],
      })),
      lines({
        title: 'Mean eta against its day', unit: 'none', max: 1, colours: exitColours,
        dashed: exits.map((exit) => `${exit}, day`),
        about: 'Mean eta over ten minutes beside that over a day. They part when scene, light or a camera\'s view changes.',
        queries: [
          [`max by (exit) (ddnn:exit_entropy:mean_rate10m{${here}})`, '{{exit}}'],
          [`max by (exit) (ddnn:exit_entropy:mean_rate1d{${here}})`, '{{exit}}, day'],
        ],
      }),
      lines({
        title: 'Latency p95 by exit', unit: 's', colours: exitColours,
        about: 'From a sample\'s tick to its result, by the exit that answered.',
        queries: [[`histogram_quantile(0.95, sum by (exit, le) (${rate('ddnn_sample_latency_seconds_bucket')})) > 0`, '{{exit}}']],
      }),
    ]),
    row('Right answers (where a replay knows the truth)', [
      stat({
        title: 'Accuracy', unit: 'percentunit', decimals: 1, width: 6, height: 8,
        about: 'Right answers over the last five minutes. Only a demo or replay with labels can tell.',
        steps: ['red', [0.8, 'yellow'], [0.95, 'green']],
        queries: [[`min(ddnn:accuracy:ratio_rate5m{${here}})`]],
      }),
      lines({
        title: 'Accuracy by class', unit: 'percentunit', width: 18, max: 1,
        about: 'Right answers of each true class over five minutes.',
        queries: [[`min by (class) (ddnn:class_accuracy:ratio_rate5m{${here}})`, '{{class}}']],
      }),
    ]),
    row('What it costs', [
      lines({
        title: 'Stages p95', unit: 's', log: true,
        about: 'Time that a stage of a sample\'s way takes in 95 % of the cases. wait_for_views ends when the last device has spoken.',
        queries: [[`histogram_quantile(0.95, sum by (tier, stage, le) (${rate('ddnn_stage_duration_seconds_bucket')})) > 0`, '{{tier}} {{stage}}']],
      }),
      lines({
        title: 'Work', unit: 'percentunit',
        about: 'Share of a core that each stage keeps busy, over all agents of its tier. Waiting is no work.',
        queries: [[`sum by (tier, stage) (${rate('ddnn_stage_duration_seconds_sum', 'stage!~"wait.*"')})`, '{{tier}} {{stage}}']],
      }),
      lines({
        title: 'Messages', unit: 'suffix:/s',
        about: 'Messages sent, by link and kind. Requests and features follow the samples that the local exit is not sure of.',
        queries: [[`sum by (link, kind) (${rate('ddnn_messages_sent_total')}) > 0`, '{{link}} {{kind}}']],
      }),
      lines({
        title: 'Payload bytes', unit: 'Bps',
        about: 'Payloads sent, by link and kind, without MQTT around them.',
        queries: [[`sum by (link, kind) (${rate('ddnn_payload_sent_bytes_total')}) > 0`, '{{link}} {{kind}}']],
      }),
    ]),
    row('Views', [
      lines({
        title: 'Views a sample', unit: 'none',
        about: 'Mean number of cameras that saw an answered sample, and devices that are there and expected.',
        queries: [
          [`sum(${rate('ddnn_views_per_sample_sum')}) / (sum(${rate('ddnn_views_per_sample_count')}) > 0)`, 'views'],
          [`sum(max by (site, group) (ddnn_devices_alive{${here}}))`, 'devices alive'],
          [`sum(max by (site, group) (ddnn_devices_expected{${here}}))`, 'devices expected'],
        ],
      }),
      lines({
        title: 'Missing views', unit: 'suffix:/s', stacked: true,
        about: 'Views that samples went without: the device is gone, its camera is down, or it kept silent past the deadline.',
        queries: [[`sum by (reason) (${rate('ddnn_views_missing_total')})`, '{{reason}}']],
      }),
    ]),
    row('What went wrong', [
      lines({
        title: 'Samples lost', unit: 'suffix:/s', stacked: true,
        about: 'Samples that were known and could not be answered, by reason.',
        queries: [[`sum by (reason) (${rate('ddnn_samples_lost_total')})`, '{{reason}}']],
      }),
      lines({
        title: 'Messages refused', unit: 'suffix:/s', stacked: true,
        about: 'Messages that an agent refused, by kind and reason, and those that came too fast (inbox full).',
        queries: [
          [`sum by (kind, reason) (${rate('ddnn_messages_rejected_total')}) > 0`, '{{kind}} {{reason}}'],
          [`sum(${rate('ddnn_messages_dropped_total')})`, 'inbox full'],
        ],
      }),
      lines({
        title: 'Repeats and gaps', unit: 'suffix:/s',
        about: 'Messages that came twice, numbers that were skipped, and what came and nobody waited for any more.',
        queries: [
          [`sum by (kind) (${rate('ddnn_duplicates_total')})`, '{{kind}} twice'],
          [`sum by (kind) (${rate('ddnn_sequence_gaps_total')})`, '{{kind}} skipped'],
          [`sum by (kind, reason) (${rate('ddnn_unwanted_total')})`, '{{kind}} {{reason}}'],
        ],
      }),
      lines({
        title: 'Maps forgotten', unit: 'suffix:/s',
        about: 'Feature maps that were asked for after their device forgot them, ticks forgotten undecided, samples that a branch said nothing of, and samples offered to the cloud again.',
        queries: [
          [`sum(${rate('ddnn_maps_not_in_ring_total')})`, 'maps not in ring'],
          [`sum(${rate('ddnn_branch_ticks_evicted_total')})`, 'branch ticks evicted'],
          [`sum by (reason) (${rate('ddnn_branch_unanswered_total')})`, 'branch: {{reason}}'],
          [`sum(${rate('ddnn_cloud_asks_repeated_total')})`, 'cloud asked again'],
        ],
      }),
    ]),
  ],
});
