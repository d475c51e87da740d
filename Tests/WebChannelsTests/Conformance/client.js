// Talks to the example server by Debian's client library of SockJS: `client.js URL TRANSPORT`.
//
// Prints what happens, one JSON array a line: what opened, each message, and how it ended.
'use strict';

const SockJS = require('sockjs-client');
const [url, transport] = process.argv.slice(2);
const messages = ['plain', 'é漢😀 "quoted" \\ \u2028\u0000\uffff', 'x'.repeat(10000), ''];
const socket = new SockJS(url, null, { transports: [transport] });
const say = (...words) => console.log(JSON.stringify(words));
const received = [];

socket.onopen = () => {
  say('open', socket.transport);
  // The service that closes at once takes none.
  if (url.endsWith('/echo')) for (const message of messages) socket.send(message);
};
socket.onmessage = (event) => {
  received.push(event.data);
  if (received.length === messages.length) {
    say('messages', JSON.stringify(received) === JSON.stringify(messages));
    socket.close(4000, 'enough');
  }
};
socket.onclose = (event) => {
  say('close', event.code, event.reason);
  process.exit(0);
};
