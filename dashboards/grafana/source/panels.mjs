// The pieces that dashboards are made of. Each panel is told what it shows,
// and looks like all others of its kind.

const datasource = { type: 'prometheus', uid: 'ddnn-prometheus' };
const columns = 24;

/** Which series a dashboard is about; agents of the cloud belong to no group. */
export const here = 'site=~"$site", group=~"$group|"';

/** Steps of colour: ['green', [0.01, 'yellow'], [0.05, 'red']]. */
function thresholds([base, ...steps]) {
  return {
    mode: 'absolute',
    steps: [
      { value: null, color: base },
      ...steps.map(([value, color]) => ({ value, color })),
    ],
  };
}

/** The same thing has the same colour everywhere. */
export const exitColours = { local: 'green', edge: 'blue', cloud: 'purple' };
export const statusColours = {
  ok: 'green', degraded: 'yellow', fallback: 'orange', lost: 'red',
};
export const answerColours = { ...exitColours, fallback: statusColours.fallback };

/** What series of a name look like. */
function override(name, id, value) {
  return {
    matcher: { id: 'byName', options: name },
    properties: [{ id, value }],
  };
}

/** A query: what to ask, and how a series of the answer is called. */
function target([expr, legendFormat = '', more = {}], index) {
  return {
    refId: String.fromCharCode('A'.charCodeAt(0) + index),
    datasource, expr, legendFormat, ...more,
  };
}

function panel(type, what, { custom, options, overrides = [], instant = false, format }) {
  const { title, about, unit, queries, width = 12, height = 8, decimals, min,
    max, steps = ['green'], mappings = [], fixedColour } = what;
  const more = {
    ...(instant ? { instant: true, range: false } : {}),
    ...(format ? { format } : {}),
  };
  return {
    type, title, description: about, datasource,
    gridPos: { x: 0, y: 0, w: width, h: height },
    fieldConfig: {
      defaults: {
        unit, mappings, thresholds: thresholds(steps),
        color: fixedColour ?? { mode: 'palette-classic' },
        ...(decimals === undefined ? {} : { decimals }),
        ...(min === undefined ? {} : { min }),
        ...(max === undefined ? {} : { max }),
        ...(custom ? { custom } : {}),
      },
      overrides,
    },
    options,
    targets: queries.map(([expr, legend]) => [expr, legend, more]).map(target),
  };
}

/** One number, to be read from across the room; its colour fills the panel
 * unless it is quiet. */
export function stat(what) {
  return panel('stat', {
    width: 4, height: 4, fixedColour: { mode: 'thresholds' }, ...what,
  }, {
    options: {
      colorMode: what.quiet ? 'value' : 'background', graphMode: what.graph ?? 'area',
      justifyMode: 'center', orientation: 'auto', wideLayout: true,
      textMode: 'value', showPercentChange: false, percentChangeColorMode: 'standard',
      reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
    },
  });
}

/** Lines over time. stacked: areas on each other; log: a logarithmic axis;
 * colours by name; dashed: names of the lines that only guide the eye. */
export function lines(what) {
  const { stacked = false, log = false, colours = {}, dashed = [] } = what;
  return panel('timeseries', { min: log ? undefined : 0, ...what }, {
    custom: {
      drawStyle: 'line', lineInterpolation: 'linear', lineWidth: 2,
      fillOpacity: stacked ? 60 : 8, showPoints: 'never', spanNulls: 30000,
      stacking: { mode: stacked ? 'normal' : 'none', group: 'A' },
      ...(log ? { scaleDistribution: { type: 'log', log: 10 } } : {}),
      thresholdsStyle: { mode: what.steps ? 'dashed' : 'off' },
    },
    options: {
      legend: {
        showLegend: true, displayMode: 'list', placement: 'bottom', calcs: [],
      },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
    overrides: [
      ...Object.entries(colours).map(([name, fixedColor]) =>
        override(name, 'color', { mode: 'fixed', fixedColor })),
      ...dashed.map((name) =>
        override(name, 'custom.lineStyle', { fill: 'dash', dash: [10, 10] })),
    ],
  });
}

/** A histogram over time: the darker, the more. Queries are sums by (le). */
export function heatmap(what) {
  return panel('heatmap', { width: 8, ...what }, {
    format: 'heatmap',
    options: {
      calculate: false, cellGap: 1, showValue: 'never',
      color: {
        mode: 'scheme', scheme: 'Oranges', steps: 64, exponent: 0.5,
        scale: 'exponential', fill: 'dark-orange', reverse: false,
      },
      exemplars: { color: 'rgba(255,0,255,0.7)' },
      filterValues: { le: 1e-9 }, legend: { show: false },
      rowsFrame: { layout: 'auto' },
      tooltip: { mode: 'single', yHistogram: true },
      yAxis: { axisPlacement: 'left', unit: what.unit },
    },
  });
}

/** What state each series was in: 1 is well (green), 0 is not (red). */
export function states(what) {
  const { well = 'up', ill = 'down' } = what;
  return panel('state-timeline', {
    unit: 'none', fixedColour: { mode: 'thresholds' },
    steps: ['red', [1, 'green']],
    mappings: [{
      type: 'value',
      options: {
        0: { index: 0, text: ill, color: 'red' },
        1: { index: 1, text: well, color: 'green' },
      },
    }],
    ...what,
  }, {
    custom: { fillOpacity: 80, lineWidth: 0 },
    options: {
      alignValue: 'left', mergeValues: true, rowHeight: 0.85,
      showValue: 'never',
      legend: {
        showLegend: false, displayMode: 'list', placement: 'bottom', calcs: [],
      },
      tooltip: { mode: 'single', sort: 'none' },
    },
  });
}

/** The labels of what an instant query finds, one a row, less those to hide. */
export function table(what) {
  const made = panel('table', { unit: 'none', ...what }, {
    instant: true, format: 'table',
    options: { showHeader: true, cellHeight: 'md', frameIndex: 0 },
  });
  made.transformations = [{
    id: 'organize',
    options: {
      excludeByName: Object.fromEntries(what.hide.map((name) => [name, true])),
      indexByName: {}, renameByName: what.rename ?? {},
    },
  }];
  return made;
}

/** Some panels under a title; repeat: once for each value of a variable. */
export function row(title, panels, repeat) {
  return { title, panels, repeat };
}

/** A choice at the top of a dashboard, from the values of a label. */
function variable(name, label, query) {
  return {
    type: 'query', name, label, datasource,
    query: { query, refId: name },
    refresh: 2, sort: 1, multi: true, includeAll: true,
    current: { text: ['All'], value: ['$__all'] },
  };
}

/** Puts panels into place, from left to right and row by row. */
function layOut(rows) {
  const placed = [];
  let y = 0;
  for (const { title, panels, repeat } of rows) {
    placed.push({
      type: 'row', title, collapsed: false, panels: [],
      gridPos: { x: 0, y, w: columns, h: 1 },
      ...(repeat ? { repeat } : {}),
    });
    let [x, line] = [0, 0];
    y += 1;
    for (const one of panels) {
      if (x + one.gridPos.w > columns) {
        y += line;
        [x, line] = [0, 0];
      }
      placed.push({ ...one, gridPos: { ...one.gridPos, x, y } });
      x += one.gridPos.w;
      line = Math.max(line, one.gridPos.h);
    }
    y += line;
  }
  return placed.map((one, index) => ({ id: index + 1, ...one }));
}

/** A whole dashboard. variables: beyond site and group, [name, label, query]. */
export function dashboard({ uid, title, about, variables = [], rows }) {
  const chosen = [
    ['site', 'Site', 'label_values(ddnn_build_info, site)'],
    ['group', 'Group', 'label_values(ddnn_samples_total{site=~"$site"}, group)'],
    ...variables,
  ];
  return {
    uid, title, description: about, tags: ['ddnn'], schemaVersion: 39,
    editable: false, graphTooltip: 1, refresh: '5s', timezone: 'browser',
    time: { from: 'now-15m', to: 'now' },
    annotations: { list: [] },
    links: [{
      type: 'dashboards', tags: ['ddnn'], title: 'DDNN', tooltip: '', url: '',
      icon: 'external link', asDropdown: false, includeVars: true,
      keepTime: true, targetBlank: false,
    }],
    templating: { list: chosen.map((one) => variable(...one)) },
    panels: layOut(rows),
  };
}
