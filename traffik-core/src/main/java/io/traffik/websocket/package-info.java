/**
 * What WebSocket adapters share: which throttles a message meets, in whose order it reaches its
 * handler, and how a throttled one is answered. An adapter has one {@link
 * io.traffik.websocket.MessageDispatcher} per connection and sends each message through it.
 */
package io.traffik.websocket;
