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
  if (page.state.dialog === null) document.querySelector('dialog')?.close(); // which gives the focus back
  const focused = document.activeElement;
  render(pageView(page), root);
  // a row that is done is gone with its button: whoever uses the keyboard goes on from there, not from the top
  if (focused?.isConnected === false) document.getElementById('main')?.focus({ preventScroll: true });
}

function titleOf({ mailboxes, pulse }: Console['state']): string {
  if (pulse !== 'live') return 'Mailbeam: no answer';
  const firing = mailboxes === null || mailboxes.alerts === 0 ? '' : `(${mailboxes.alerts}) `;
  return `${firing}Mailbeam`;
}

draw();
void page.start();
