// The types refuse what Grafana does not know; an error that does not come is
// an error.
import type { Dashboard, Panel } from './dashboard_types';

type Stat = Extract<Panel, { type: 'stat' }>;
type Lines = Extract<Panel, { type: 'timeseries' }>;

declare const options: Stat['options'];
declare const custom: NonNullable<Lines['fieldConfig']['defaults']['custom']>;
declare const panel: Stat;
declare const dashboard: Dashboard;

export const good: Stat = { ...panel, options: { ...options, graphMode: 'none' } };
// @ts-expect-error: no such way to draw a graph
export const value: Stat = { ...panel, options: { ...options, graphMode: 'pie' } };
// @ts-expect-error: no such option
export const option: Stat = { ...panel, options: { ...options, grafMode: 'none' } };
// @ts-expect-error: no such style of lines
export const style: typeof custom = { drawStyle: 'linen' };
// @ts-expect-error: no such field
export const field: typeof custom = { lineWith: 2 };
// @ts-expect-error: no such kind of panel
export const kind: Panel = { ...panel, type: 'stats' };
// @ts-expect-error: every panel is described
export const bare: Panel = { ...panel, description: undefined };
// @ts-expect-error: no such field of a dashboard
export const whole: Dashboard = { ...dashboard, panel: [] };
