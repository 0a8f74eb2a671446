package io.traffik.websocket;

import java.util.concurrent.CompletionStage;

/**
 * A message whose throttles were asked.
 *
 * @param message the message in the context in which it is counted
 * @param answer completes if it may pass, and fails with what its throttles throw
 */
record Asked(MessageView message, CompletionStage<?> answer) {}
