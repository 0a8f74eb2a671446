package io.traffik.websocket;

import io.traffik.ConnectionView;
import java.util.concurrent.CompletionStage;

/**
 * A message or a new connection whose throttles were asked.
 *
 * @param view what they were asked about
 * @param verdict completes if it may pass, and fails with what its throttles throw
 * @param answer what a denial is answered with
 */
record PendingMessage(ConnectionView view, CompletionStage<?> verdict, MessageAnswer answer) {}
