/** The contract of adapters for WebSocket servers. */
package io.traffik.tck.websocket;
