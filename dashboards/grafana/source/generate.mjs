// Writes ../dashboards/*.json, which Grafana reads. With --check it only says
// whether they are what this folder describes.
import { readFileSync, writeFileSync } from 'node:fs';
import broker from './broker.mjs';
import devices from './devices.mjs';
import fleet from './fleet.mjs';
import sampleFlow from './sample_flow.mjs';

const check = process.argv.includes('--check');
const files = {
  'broker.json': broker,
  'devices.json': devices,
  'fleet.json': fleet,
  'sample-flow.json': sampleFlow,
};
for (const [name, content] of Object.entries(files)) {
  const file = new URL(`../dashboards/${name}`, import.meta.url);
  const text = `${JSON.stringify(content, null, 2)}\n`;
  if (!check) {
    writeFileSync(file, text);
  } else if (readFileSync(file, 'utf8') !== text) {
    console.error(`${name} is not what dashboards/grafana/source describes; ` +
                  'run: node dashboards/grafana/source/generate.mjs');
    process.exitCode = 1;
  }
}
