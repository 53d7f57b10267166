// A client process that a test stops with SIGSTOP: it logs in as argv[3] at port argv[2], says so, and acks nothing.
import WebSocket from 'ws';

const [, , port, user] = process.argv;
const socket = new WebSocket(`ws://127.0.0.1:${port}/v1/socket`, 'mailbeam.v1');
socket.on('open', () => {
  const name = Buffer.from(user);
  socket.send(Buffer.concat([Buffer.of(0x93, 1, 0xa0 + name.length), name, Buffer.of(0x80)]));
});
socket.once('message', () => process.stdout.write('welcome\n'));
