// Usage: websocket-client.mjs URL COUNT
// Sends COUNT messages and prints one line for each event: "text …", "closed CODE" or
// "refused STATUS RETRY_AFTER". Ends after COUNT responses or when the connection is closed.
import WebSocket from "ws";

const [url, count] = process.argv.slice(2);
const socket = new WebSocket(url);
let received = 0;

socket.on("open", () => {
  for (let n = 0; n < Number(count); n++) {
    socket.send(String(n));
  }
});
socket.on("message", (data) => {
  console.log("text " + data);
  received++;
  if (received === Number(count)) {
    socket.terminate();
  }
});
socket.on("close", (code) => console.log("closed " + code));
socket.on("unexpected-response", (request, response) => {
  console.log("refused " + response.statusCode + " " + response.headers["retry-after"]);
  request.destroy();
});
socket.on("error", () => {});
