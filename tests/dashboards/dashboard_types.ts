// A dashboard of ours, in the words of Grafana's schema: only the kinds of
// panels that we use, each with its own options, and nothing unknown.
import type * as grafana from '@grafana/schema';
import type * as heatmap from '@grafana/schema/dist/esm/raw/composable/heatmap/panelcfg/x/HeatmapPanelCfg_types.gen';
import type * as stat from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen';
import type * as timeline from '@grafana/schema/dist/esm/raw/composable/statetimeline/panelcfg/x/StateTimelinePanelCfg_types.gen';
import type * as table from '@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen';
import type * as lines from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';

/** T as JSON says it: the values of enums, not their names. */
type Json<T> = unknown extends T ? T
  : T extends string ? `${T}`
  : T extends number | boolean | null | undefined ? T
  : T extends (infer Element)[] ? Json<Element>[]
  : { [Key in keyof T]: Json<T[Key]> };

/** The fields of T that we set, and those that we may. */
type Only<T, Required extends keyof T, Optional extends keyof T = never> =
  { [Key in Required]-?: Json<NonNullable<T[Key]>> } &
  { [Key in Optional]?: Json<NonNullable<T[Key]>> };

type Datasource = { type: 'prometheus'; uid: 'ddnn-prometheus' };

/** The schema package has no type of Prometheus's queries. */
interface Target {
  refId: string;
  datasource: Datasource;
  expr: string;
  legendFormat: string;
  format?: 'table' | 'heatmap';
  instant?: boolean;
  range?: boolean;
}

type Defaults<Custom> =
  Only<grafana.FieldConfig, 'unit' | 'mappings' | 'color', 'decimals' | 'min' | 'max'> & {
    thresholds: {
      mode: `${grafana.ThresholdsMode}`;
      steps: { value: number | null; color: string }[];  // null: from the start
    };
    custom?: Json<Custom>;
  };

type PanelOf<Type, Options, Custom> =
  Only<grafana.Panel, 'id' | 'title' | 'description' | 'gridPos', 'transformations'> & {
    type: Type;
    datasource: Datasource;
    targets: Target[];
    options: Json<Options>;
    fieldConfig: {
      defaults: Defaults<Custom>;
      overrides: Json<grafana.FieldConfigSource['overrides']>;
    };
  };

type Row = Only<grafana.RowPanel, 'id' | 'type' | 'title' | 'collapsed' | 'gridPos', 'repeat'> & {
  type: 'row';
  panels: never[];
};

export type Panel =
  | Row
  | PanelOf<'stat', stat.Options, never>
  | PanelOf<'timeseries', lines.Options, lines.FieldConfig>
  | PanelOf<'heatmap', heatmap.Options, heatmap.FieldConfig>
  | PanelOf<'state-timeline', timeline.Options, timeline.FieldConfig>
  | PanelOf<'table', table.Options, table.FieldConfig>;

type Variable =
  Only<grafana.VariableModel, 'type' | 'name' | 'label' | 'refresh' | 'sort' | 'multi' | 'includeAll' | 'current'> & {
    datasource: Datasource;
    query: { query: string; refId: string };
  };

export type Dashboard =
  Only<grafana.Dashboard, 'uid' | 'title' | 'description' | 'tags' | 'schemaVersion' | 'editable' | 'graphTooltip' | 'refresh' | 'timezone' | 'time' | 'annotations' | 'links'> & {
    templating: { list: Variable[] };
    panels: Panel[];
  };
