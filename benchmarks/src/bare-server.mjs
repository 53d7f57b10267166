// A copy of the project's ../shared/bare.mjs, word for word below this header, for checkouts that do not have that file
// beside them; where both exist the shared one is run (see server-under-test.ts).
// The floor: the protocol's hot path on bare uWebSockets.js + msgpackr, in memory, no actors, no store, no receipts.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
const require = createRequire(process.cwd() + '/package.json');
const uWS = (await import(pathToFileURL(require.resolve('uWebSockets.js')))).default;
const { Packr } = await import(pathToFileURL(require.resolve('msgpackr')));
const packr = new Packr({ useRecords: false, mapsAsObjects: true });
const users = new Map();
uWS.App().ws('/v1/socket', {
  maxPayloadLength: 262144, idleTimeout: 120, maxBackpressure: 1 << 24,
  upgrade(res, req, ctx) { res.upgrade({ user: null, seq: 0 }, req.getHeader('sec-websocket-key'), 'mailbeam.v1', req.getHeader('sec-websocket-extensions'), ctx); },
  message(ws, ab) {
    const d = ws.getUserData(); const now = Date.now();
    packr.unpackMultiple(new Uint8Array(ab), (f) => {
      switch (f[0]) {
        case 1: d.user = f[1]; users.set(f[1], ws); ws.send(packr.pack([2, f[1], 's', 0, 0, 0, { maxMessage: 262144, maxBody: 261120, sendWindow: 256, rate: 0, watch: 1000 }, now]), true); break;
        case 3: { const to = users.get(f[2]); if (to) { const e = to.getUserData(); to.send(packr.pack([6, ++e.seq, d.user, 0, f[1], now, f[3]]), true); } ws.send(packr.pack([4, f[1], now]), true); break; }
        case 7: break;
      }
    });
  },
  close(ws) { const d = ws.getUserData(); if (users.get(d.user) === ws) users.delete(d.user); },
}).listen('127.0.0.1', 0, (t) => { console.log(JSON.stringify({ ready: true, port: uWS.us_socket_local_port(t), pid: process.pid })); });
