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
 * How WebSockets are throttled once they are open: by what, in which budget each message is
 * counted, and how those that are too many are answered.
 *
 * <pre>{@code
 * WebSocketThrottling.ofMessages(chat)
 *     .context("typing", message -> "typing".equals(message.text()), typing)
 *     .answer(MessageAnswer.closeTryAgainLater());
 * }</pre>
 *
 * <p>The throttles are asked without blocking the server's thread. If they decide at once, as those
 * in memory do, the message's handler runs on that thread, as it would without them. Else it runs
 * on an executor when the decision has come, and messages that come meanwhile wait behind it, up to
 * {@link #maxPendingMessages} of them per connection; what comes beyond is throttled without being
 * asked for. Whatever becomes of the messages of a connection does so in the order in which they
 * came, and one at a time.
 *
 * <p>Immutable and safe for any number of threads. All parameters must not be null.
 */
public final class WebSocketThrottling {

  private static final int MAX_PENDING_MESSAGES = 256;

  /** The messages that are counted in one context, and by what. */
  private record Budget(
      String context, Predicate<? super MessageView> messages, List<Throttle> throttles) {}

  private final List<Budget> contexts;
  private final List<Throttle> messages;
  private final List<Throttle> connections;
  private final MessageAnswer answer;
  private final int maxPendingMessages;
  private final Executor executor;

  private WebSocketThrottling(
      List<Budget> contexts,
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
   * Throttles for all messages that no {@link #context} takes out.
   *
   * @param throttles at least one; enforced in order, all or nothing
   * @return how to throttle
   * @throws ConfigurationException if there is no throttle
   */
  public static WebSocketThrottling ofMessages(Throttle... throttles) {
    return of(listOf("ofMessages(…)", throttles), List.of());
  }

  /**
   * Throttles for connections alone, as {@link #connections} describes.
   *
   * @param throttles at least one; enforced in order, all or nothing
   * @return how to throttle
   * @throws ConfigurationException if there is no throttle
   */
  public static WebSocketThrottling ofConnections(Throttle... throttles) {
    return of(List.of(), listOf("ofConnections(…)", throttles));
  }

  private static List<Throttle> listOf(String where, Throttle... throttles) {
    for (Throttle throttle : Objects.requireNonNull(throttles, "throttles must not be null")) {
      Objects.requireNonNull(throttle, "throttle must not be null");
    }
    if (throttles.length == 0) {
      throw new ConfigurationException(where + " must be given at least one throttle: none");
    }
    // Each charges once, however often it is named.
    return List.of(throttles).stream().distinct().toList();
  }

  /**
   * This with another budget, for some messages: they are counted in a context of that name, by
   * throttles of their own. Of several contexts the first that wants a message takes it.
   *
   * @param name the name of the context
   * @param messages tells which messages belong to it; called once per message on the server's
   *     thread
   * @param throttles at least one, enforced in order; one that is used in several contexts has a
   *     bucket in each
   * @return how to throttle
   * @throws ConfigurationException if there is no throttle
   */
  public WebSocketThrottling context(
      String name, Predicate<? super MessageView> messages, Throttle... throttles) {
    Objects.requireNonNull(name, "name must not be null");
    Objects.requireNonNull(messages, "messages must not be null");
    List<Budget> more = new ArrayList<>(contexts);
    more.add(new Budget(name, messages, listOf("context(\"" + name + "\", …)", throttles)));
    return new WebSocketThrottling(
        List.copyOf(more), this.messages, connections, answer, maxPendingMessages, executor);
  }

  /**
   * This with throttles for connections that are open already. One that they deny is closed with
   * 1013 before the application hears of it. Refuse handshakes instead where that can be done: the
   * client then gets an answer that it understands, and costs less. This way is for backends that
   * are not in memory and must not hold the server's thread.
   *
   * @param throttles at least one; enforced in order, all or nothing
   * @return how to throttle
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
   * This with another answer to throttled messages; {@link MessageAnswer#errorFrame()} unless told.
   *
   * @param answer the answer
   * @return how to throttle
   */
  public WebSocketThrottling answer(MessageAnswer answer) {
    Objects.requireNonNull(answer, "answer must not be null");
    return new WebSocketThrottling(
        contexts, messages, connections, answer, maxPendingMessages, executor);
  }

  /**
   * This with another bound on the messages of one connection that wait for a decision; 256 unless
   * told. So much of each connection is kept in memory at most.
   *
   * @param maxPendingMessages messages, at least 1
   * @return how to throttle
   * @throws ConfigurationException if it is below 1
   */
  public WebSocketThrottling maxPendingMessages(int maxPendingMessages) {
    if (maxPendingMessages < 1) {
      throw new ConfigurationException(
          "maxPendingMessages must be at least 1: " + maxPendingMessages);
    }
    return new WebSocketThrottling(
        contexts, messages, connections, answer, maxPendingMessages, executor);
  }

  /**
   * This with another executor for the handlers of messages whose decision did not come at once; a
   * few daemon threads that all connections share unless told. Each connection has at most one task
   * there.
   *
   * @param executor the executor; if it rejects a task, the connection is closed with 1013
   * @return how to throttle
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

  /** Asks the throttles of a message, and never throws. */
  PendingMessage ask(MessageView message) {
    try {
      for (Budget budget : contexts) {
        if (budget.messages.test(message)) {
          MessageView counted = message.withContext(budget.context);
          return new PendingMessage(counted, enforce(budget.throttles, counted), answer);
        }
      }
    } catch (RuntimeException e) {
      return new PendingMessage(message, CompletableFuture.failedFuture(e), answer);
    }
    return new PendingMessage(message, enforce(messages, message), answer);
  }

  /** Asks the throttles of a connection, and never throws. */
  PendingMessage askAboutConnection(ConnectionView handshake) {
    return new PendingMessage(
        handshake, enforce(connections, handshake), MessageAnswer.closeTryAgainLater());
  }

  private static CompletionStage<?> enforce(List<Throttle> throttles, ConnectionView view) {
    return throttles.size() == 1
        ? throttles.get(0).enforceAsync(view)
        : new ChargeGroup(throttles, view).enforce();
  }
}
