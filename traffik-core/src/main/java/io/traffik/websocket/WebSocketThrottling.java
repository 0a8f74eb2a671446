package io.traffik.websocket;

import io.traffik.ConfigurationException;
import io.traffik.ConnectionView;
import io.traffik.Throttle;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Predicate;

/**
 * The throttles of open WebSockets, with the context of each message and the answer to throttled
 * messages.
 *
 * <pre>{@code
 * WebSocketThrottling.ofMessages(chat)
 *     .context("typing", message -> "typing".equals(message.text()), typing)
 *     .answer(MessageAnswer.closeTryAgainLater());
 * }</pre>
 *
 * <p>Decisions never block the server's thread. With an in-memory backend they complete
 * immediately, and the message's handler runs on the server's thread. Otherwise the handler runs on
 * an executor when the decision completes. Messages of the connection wait for their decision and
 * turn, up to {@link #maxPendingMessages}; further messages are throttled without a decision. The
 * messages of a connection are handled or answered in the order of arrival, one at a time.
 *
 * <p>Immutable and safe for any number of threads. No parameter may be null.
 */
public final class WebSocketThrottling {

  private static final int MAX_PENDING_MESSAGES = 256;

  /** A context with its messages and its throttles. */
  private record MessageContext(
      String name, Predicate<? super MessageView> messages, List<Throttle> throttles) {}

  private final List<MessageContext> contexts;
  private final List<Throttle> messages;
  private final List<Throttle> connections;
  private final MessageAnswer answer;
  private final int maxPendingMessages;
  private final Executor executor;

  private WebSocketThrottling(
      List<MessageContext> contexts,
      List<Throttle> messages,
      List<Throttle> connections,
      MessageAnswer answer,
      int maxPendingMessages,
      Executor executor) {
    this.contexts = contexts;
    this.messages = messages;
    this.connections = connections;
    this.answer = answer;
    this.maxPendingMessages = maxPendingMessages;
    this.executor = executor;
  }

  private static WebSocketThrottling of(List<Throttle> messages, List<Throttle> connections) {
    return new WebSocketThrottling(
        List.of(),
        messages,
        connections,
        MessageAnswer.errorFrame(),
        MAX_PENDING_MESSAGES,
        HandlerExecutor.EXECUTOR);
  }

  /**
   * Throttles all messages that belong to no other {@link #context}.
   *
   * @param throttles at least one; enforced in order, all or nothing
   * @return the throttling
   * @throws ConfigurationException if there is no throttle
   */
  public static WebSocketThrottling ofMessages(Throttle... throttles) {
    return of(listOf("ofMessages(…)", throttles), List.of());
  }

  /**
   * Throttles only connections, as {@link #connections} describes.
   *
   * @param throttles at least one; enforced in order, all or nothing
   * @return the throttling
   * @throws ConfigurationException if there is no throttle
   */
  public static WebSocketThrottling ofConnections(Throttle... throttles) {
    return of(List.of(), listOf("ofConnections(…)", throttles));
  }

  private static List<Throttle> listOf(String method, Throttle... throttles) {
    for (Throttle throttle : Objects.requireNonNull(throttles, "throttles must not be null")) {
      Objects.requireNonNull(throttle, "throttle must not be null");
    }
    if (throttles.length == 0) {
      throw new ConfigurationException(
          method + " needs at least one throttle: none given. Pass one, or omit the call.");
    }
    // A throttle that is listed twice charges once.
    return List.of(throttles).stream().distinct().toList();
  }

  /**
   * Returns a copy that counts some messages in another context, by separate throttles. If several
   * contexts match a message, the first one applies.
   *
   * @param name the name of the context
   * @param messages selects the messages of this context; called at most once per message, on the
   *     server's thread
   * @param throttles at least one, enforced in order; a throttle has a separate bucket in each
   *     context
   * @return the copy
   * @throws ConfigurationException if there is no throttle
   */
  public WebSocketThrottling context(
      String name, Predicate<? super MessageView> messages, Throttle... throttles) {
    Objects.requireNonNull(name, "name must not be null");
    Objects.requireNonNull(messages, "messages must not be null");
    List<MessageContext> more = new ArrayList<>(contexts);
    more.add(new MessageContext(name, messages, listOf("context(\"" + name + "\", …)", throttles)));
    return new WebSocketThrottling(
        List.copyOf(more), this.messages, connections, answer, maxPendingMessages, executor);
  }

  /**
   * Returns a copy with throttles for opened connections. A denied connection is closed with 1013
   * before the application is notified of it. Prefer to reject handshakes: the client then receives
   * a status 429, and the server saves the connection. Use this for remote backends that must not
   * block the server's thread.
   *
   * @param throttles at least one; enforced in order, all or nothing
   * @return the copy
   * @throws ConfigurationException if there is no throttle
   */
  public WebSocketThrottling connections(Throttle... throttles) {
    return new WebSocketThrottling(
        contexts,
        messages,
        listOf("connections(…)", throttles),
        answer,
        maxPendingMessages,
        executor);
  }

  /**
   * Returns a copy with another answer to throttled messages. The default is {@link
   * MessageAnswer#errorFrame()}.
   *
   * @param answer the answer
   * @return the copy
   */
  public WebSocketThrottling answer(MessageAnswer answer) {
    Objects.requireNonNull(answer, "answer must not be null");
    return new WebSocketThrottling(
        contexts, messages, connections, answer, maxPendingMessages, executor);
  }

  /**
   * Returns a copy with another bound on the messages of one connection that wait for their
   * decision or, after it, for their turn. The default is 256. The bound limits the memory that one
   * connection can occupy.
   *
   * @param maxPendingMessages messages, at least 1
   * @return the copy
   * @throws ConfigurationException if it is below 1
   */
  public WebSocketThrottling maxPendingMessages(int maxPendingMessages) {
    if (maxPendingMessages < 1) {
      throw new ConfigurationException(
          "maxPendingMessages must be at least 1: " + maxPendingMessages + ". Pass 1 or more.");
    }
    return new WebSocketThrottling(
        contexts, messages, connections, answer, maxPendingMessages, executor);
  }

  /**
   * Returns a copy with another executor for handlers whose decision did not complete immediately.
   * The default is a few daemon threads that all connections share. Each connection has at most one
   * task on the executor.
   *
   * @param executor the executor; if it rejects a task, the connection is closed with 1013
   * @return the copy
   */
  public WebSocketThrottling executor(Executor executor) {
    Objects.requireNonNull(executor, "executor must not be null");
    return new WebSocketThrottling(
        contexts, messages, connections, answer, maxPendingMessages, executor);
  }

  MessageAnswer answer() {
    return answer;
  }

  int maxPendingMessages() {
    return maxPendingMessages;
  }

  Executor executor() {
    return executor;
  }

  /** Starts the decision about a message. Never throws. */
  PendingMessage decideMessage(MessageView message) {
    try {
      for (MessageContext context : contexts) {
        if (context.messages.test(message)) {
          MessageView view = message.withContext(context.name);
          return new PendingMessage(view, enforce(context.throttles, view), answer);
        }
      }
    } catch (RuntimeException e) {
      return new PendingMessage(message, CompletableFuture.failedFuture(e), answer);
    }
    return new PendingMessage(message, enforce(messages, message), answer);
  }

  /** Starts the decision about a connection. Never throws. */
  PendingMessage decideConnection(ConnectionView handshake) {
    return new PendingMessage(
        handshake, enforce(connections, handshake), MessageAnswer.closeTryAgainLater());
  }

  private static CompletionStage<?> enforce(List<Throttle> throttles, ConnectionView view) {
    return throttles.size() == 1
        ? throttles.get(0).enforceAsync(view)
        : new ChargeGroup(throttles, view).enforce();
  }
}
