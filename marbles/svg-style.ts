import type { MarkKind } from './describe.js';

/** How a kind of mark is drawn. */
export type Shape = 'pill' | 'box' | 'hexagon';

export const shapes: Readonly<Record<MarkKind, Shape>> = {
  text: 'pill',
  reasoning: 'pill',
  value: 'pill',
  finish: 'pill',
  source: 'pill',
  'tool-input': 'box',
  'tool-call': 'box',
  'tool-progress': 'box',
  'tool-result': 'box',
  'tool-error': 'box',
  file: 'box',
  step: 'box',
  restart: 'hexagon',
  'tool-approval': 'hexagon',
};

const light = `--page:#fff;--ink:#1f2328;--dim:#59636e;--code:#f1f3f5;--text:#ddf4ff;--text-line:#0969da;--reasoning:#f6f0ff;--reasoning-line:#8250df;
--tool:#fff1e5;--tool-line:#bc4c00;--result:#dafbe1;--result-line:#1a7f37;--error:#ffebe9;--error-line:#cf222e;--restart:#fff8c5;--restart-line:#7d4e00`;

const dark = `--page:#0d1117;--ink:#e6edf3;--dim:#9198a1;--code:#1c2128;--text:#0c2d6b;--text-line:#79c0ff;--reasoning:#271052;--reasoning-line:#d2a8ff;
--tool:#4d1d00;--tool-line:#ffa657;--result:#033a16;--result-line:#56d364;--error:#67060c;--error-line:#ff7b72;--restart:#3b2300;--restart-line:#f2cc60`;

/** Both colour schemes in one file; the class names begin with `am-`, because the style also holds for a page that inlines the picture. */
export const style = `.am{${light};color-scheme:light dark}
@media (prefers-color-scheme:dark){.am{${dark}}}
.am text{fill:var(--ink);font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;white-space:pre}
.am .am-title{font:600 14px system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif}
.am .am-name,.am .am-note,.am .am-time{font-size:11px;fill:var(--dim)}
.am .am-note{fill:var(--ink)}
.am .am-note-error{fill:var(--error-line)}
.am .am-label,.am .am-code-label,.am .am-time{text-anchor:middle}
.am-page{fill:var(--page)}
.am-code{fill:var(--code);stroke:var(--ink)}
.am-line{stroke:var(--ink);stroke-width:1.5;fill:none}
.am-idle{stroke:var(--dim);stroke-dasharray:1 5;stroke-linecap:round;fill:none}
.am-axis{stroke:var(--dim);fill:none}
.am-complete{stroke:var(--ink);stroke-width:2.5}
.am-error{stroke:var(--error-line);stroke-width:2.5;fill:none}
.am-unsubscribe{stroke:var(--ink);stroke-width:1.5;stroke-dasharray:3 2;fill:none}
.am-mark{stroke-width:1.5;fill:var(--page);stroke:var(--ink)}
.am-text{fill:var(--text);stroke:var(--text-line)}
.am-reasoning{fill:var(--reasoning);stroke:var(--reasoning-line);stroke-dasharray:3 2}
.am .am-label-reasoning{font-style:italic}
.am-tool-input{fill:var(--tool);stroke:var(--tool-line);stroke-dasharray:3 2}
.am-tool-call,.am-tool-approval{fill:var(--tool);stroke:var(--tool-line)}
.am-tool-result{fill:var(--result);stroke:var(--result-line)}
.am-tool-progress{fill:var(--result);stroke:var(--result-line);stroke-dasharray:3 2}
.am-tool-error{fill:var(--error);stroke:var(--error-line)}
.am-restart{fill:var(--restart);stroke:var(--restart-line);stroke-width:2.5}
.am-finish,.am-step{fill:var(--ink);stroke:var(--ink)}
.am .am-label-finish,.am .am-label-step{fill:var(--page)}
.am .am-label-finish{font-weight:600}`;
