/**
 * The shared parts of WebSocket adapters: the throttles of each message, the order of delivery and
 * the answers to throttled messages. An adapter creates one {@link
 * io.traffik.websocket.ThrottledConnection} per connection and passes each message to it, or to a
 * {@link io.traffik.websocket.MessageDispatcher} if the server cannot stop reading.
 */
package io.traffik.websocket;
