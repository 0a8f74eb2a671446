package io.traffik.websocket;

import io.traffik.ConnectionView;
import java.util.concurrent.CompletionStage;

/**
 * A message or a new connection whose throttles have been called.
 *
 * @param view the view that the throttles received
 * @param decision completes normally if allowed, or else with the exception of a throttle
 * @param answer the answer to a denial
 */
record PendingMessage(ConnectionView view, CompletionStage<?> decision, MessageAnswer answer) {}
