import { render } from 'lit-html';
import './style/console.css';
import './chart/time-chart.js';
import { Console } from './console.js';
import { AdminPort } from './port/admin-port.js';
import { pageView } from './views/page.js';

const root = document.getElementById('console')!;
let isDue = false;

/** Draws at most once a frame, however much has changed. */
const changed = (): void => {
  if (isDue) return;
  isDue = true;
  requestAnimationFrame(() => {
    isDue = false;
    draw();
  });
};

const page = new Console(new AdminPort(), changed);

function draw(): void {
  document.title = titleOf(page.state);
  render(pageView(page), root);
}

function titleOf({ mailboxes, pulse }: Console['state']): string {
  if (pulse !== 'live') return 'Mailbeam: no answer';
  const firing = mailboxes === null || mailboxes.alerts === 0 ? '' : `(${mailboxes.alerts}) `;
  return `${firing}Mailbeam`;
}

draw();
void page.start();
