import { dashboard, here, lines, row, stat, states } from './panels.mjs';

/** What is told of each site's broker: once, though a lead and its standby
 * both may tell it. */
const told = (metric) => `sum(max by (site) (${metric}{${here}}))`;
const toldRate = (metric, range) => `sum(max by (site) (rate(${metric}{${here}}[${range}])))`;
const rate = (metric) => `rate(${metric}{${here}}[$__rate_interval])`;

export default dashboard({
  uid: 'ddnn-broker',
  title: 'DDNN Broker',
  about: 'The MQTT broker as it tells of itself (an edge agent with broker_metrics: true reads $SYS), and as the agents see it.',
  rows: [
    row('What the broker says', [
      stat({
        title: 'Clients', unit: 'none', decimals: 0,
        about: 'Connected clients: agents, watchers, bridges.',
        steps: ['red', [1, 'green']],
        queries: [[told('ddnn_broker_clients_connected')]],
      }),
      stat({
        title: 'Up for', unit: 's', decimals: 0, graph: 'none',
        about: 'Time since the broker started. Short: it was restarted.',
        steps: ['yellow', [300, 'green']],
        queries: [[`min(ddnn_broker_uptime_seconds{${here}})`]],
      }),
      stat({
        title: 'Dropped', unit: 'suffix:/s', decimals: 1,
        about: 'Messages that the broker dropped, for clients that are too slow or gone.',
        steps: ['green', [0.001, 'red']],
        queries: [[toldRate('ddnn_broker_publish_dropped_total', '2m')]],
      }),
      stat({
        title: 'Stored', unit: 'bytes', decimals: 1,
        about: 'Messages kept for clients that have not taken them, retained ones too.',
        steps: ['green', [16e6, 'yellow'], [64e6, 'red']],
        queries: [[told('ddnn_broker_stored_bytes')]],
      }),
      stat({
        title: 'Heap', unit: 'bytes', decimals: 1,
        about: 'Memory of the broker; 0 where it was built without counting.',
        steps: ['green', [128e6, 'yellow'], [256e6, 'red']],
        queries: [[`max(ddnn_broker_heap_bytes{${here}})`]],
      }),
      stat({
        title: 'Subscriptions', unit: 'none', decimals: 0,
        about: 'Subscriptions of all clients.',
        queries: [[told('ddnn_broker_subscriptions')]],
      }),
      lines({
        title: 'Messages', unit: 'suffix:/s', width: 8,
        about: 'MQTT messages of any kind that went through the broker. $SYS is news every ten seconds.',
        queries: [
          [toldRate('ddnn_broker_messages_received_total', '1m'), 'received'],
          [toldRate('ddnn_broker_messages_sent_total', '1m'), 'sent'],
        ],
      }),
      lines({
        title: 'Bytes', unit: 'Bps', width: 8,
        about: 'Bytes that went through the broker, MQTT headers included.',
        queries: [
          [toldRate('ddnn_broker_bytes_received_total', '1m'), 'received'],
          [toldRate('ddnn_broker_bytes_sent_total', '1m'), 'sent'],
        ],
      }),
      lines({
        title: 'Messages kept', unit: 'none', width: 8,
        about: 'Retained messages (states, configurations, latest results) and all that is stored.',
        queries: [
          [told('ddnn_broker_retained_messages'), 'retained'],
          [told('ddnn_broker_stored_messages'), 'stored'],
        ],
      }),
    ]),
    row('What the agents see', [
      states({
        title: 'Connected', well: 'connected', ill: 'without broker',
        about: 'Whether each agent has the broker.',
        queries: [[`max by (site, agent) (ddnn_mqtt_connected{${here}})`, '{{site}} {{agent}}']],
      }),
      lines({
        title: 'Reconnects', unit: 'suffix:/min',
        about: 'Connections made again, by what ended the one before. All at once: the broker or the network; one agent: its link.',
        queries: [[`60 * sum by (cause) (${rate('ddnn_mqtt_reconnects_total')})`, '{{cause}}']],
      }),
      lines({
        title: 'Waiting messages', unit: 'none', width: 8, steps: ['green', [1000, 'red']],
        about: 'Messages that wait for the broker\'s acknowledgement or return, by agent. At some thousands they are dropped.',
        queries: [[`max by (agent) (ddnn_mqtt_queue_messages{${here}})`, '{{agent}}']],
      }),
      lines({
        title: 'Waiting bytes', unit: 'bytes', width: 8,
        about: 'Their payloads.',
        queries: [[`max by (agent) (ddnn_mqtt_queue_bytes{${here}})`, '{{agent}}']],
      }),
      lines({
        title: 'Dropped by agents', unit: 'suffix:/s', stacked: true, width: 8,
        about: 'Messages that agents did not send: no broker (offline), too many waiting (queue_full), too old (expired), too long (oversized), or forbidden (refused).',
        queries: [[`sum by (reason) (${rate('ddnn_mqtt_dropped_total')})`, '{{reason}}']],
      }),
    ]),
  ],
});
