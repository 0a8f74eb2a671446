// Connects to the first argument, sends as many messages as the second says, and prints what it
// hears, a line each: "text …", "closed CODE", or "refused STATUS RETRY_AFTER". Ends when it has
// heard as many answers, or the connection is closed.
import WebSocket from "ws";

const [url, count] = process.argv.slice(2);
const socket = new WebSocket(url);
let heard = 0;

socket.on("open", () => {
  for (let n = 0; n < Number(count); n++) {
    socket.send(String(n));
  }
});
socket.on("message", (data) => {
  console.log("text " + data);
  heard++;
  if (heard === Number(count)) {
    socket.terminate();
  }
});
socket.on("close", (code) => console.log("closed " + code));
socket.on("unexpected-response", (request, response) => {
  console.log("refused " + response.statusCode + " " + response.headers["retry-after"]);
  request.destroy();
});
socket.on("error", () => {});
