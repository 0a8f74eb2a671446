package io.traffik.websocket;

import io.traffik.ConfigurationException;
import io.traffik.ConnectionView;
import io.traffik.Identifier;
import io.traffik.Identity;
import io.traffik.Throttle;
import io.traffik.ThrottleGroup;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

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
 * <p>The messages of a connection are decided, handled and answered in the order of arrival, one at
 * a time. While a decision is pending, a server that can stop reading from the client does so. In
 * other servers messages wait in a queue, up to {@link #maxPendingMessages}; further messages are
 * denied without a decision. With an in-memory backend no message waits.
 *
 * <p>Immutable and safe for any number of threads. No parameter may be null.
 */
public final class WebSocketThrottling {

  private static final int MAX_PENDING_MESSAGES = 256;

  /** A context with its messages and its throttles. */
  private record MessageContext(
      String name, Predicate<? super MessageView> messages, ThrottleGroup throttles) {}

  /** The settings. They do not change after the constructor of {@link WebSocketThrottling}. */
  private static final class Settings implements Cloneable {
    List<MessageContext> contexts = List.of();
    ThrottleGroup messages = ThrottleGroup.of(List.of());
    ThrottleGroup connections = ThrottleGroup.of(List.of());
    @Nullable ThrottleGroup pings;
    MessageAnswer answer = MessageAnswer.errorFrame();
    int maxPendingMessages = MAX_PENDING_MESSAGES;
    Identifier client = Identifier.remoteAddress();
    @Nullable ConnectionLimit connectionLimit;

    Settings copy() {
      try {
        return (Settings) clone();
      } catch (CloneNotSupportedException e) {
        throw new AssertionError(e);
      }
    }
  }

  private final Settings settings;

  private WebSocketThrottling(Settings base, Consumer<Settings> change) {
    this.settings = base.copy();
    change.accept(settings);
  }

  private WebSocketThrottling with(Consumer<Settings> change) {
    return new WebSocketThrottling(settings, change);
  }

  /**
   * Throttles all messages that belong to no other {@link #context}.
   *
   * @param throttles at least one; enforced in order, all or nothing
   * @return the throttling
   * @throws ConfigurationException if there is no throttle
   */
  public static WebSocketThrottling ofMessages(Throttle... throttles) {
    ThrottleGroup messages = groupOf("ofMessages(…)", throttles);
    return new WebSocketThrottling(new Settings(), created -> created.messages = messages);
  }

  /**
   * Throttles only connections, as {@link #connections} describes.
   *
   * @param throttles at least one; enforced in order, all or nothing
   * @return the throttling
   * @throws ConfigurationException if there is no throttle
   */
  public static WebSocketThrottling ofConnections(Throttle... throttles) {
    ThrottleGroup connections = groupOf("ofConnections(…)", throttles);
    return new WebSocketThrottling(new Settings(), created -> created.connections = connections);
  }

  private static ThrottleGroup groupOf(String method, Throttle... throttles) {
    Objects.requireNonNull(throttles, "throttles must not be null");
    if (throttles.length == 0) {
      throw new ConfigurationException(
          method + " needs at least one throttle: none given. Pass one, or omit the call.");
    }
    return ThrottleGroup.of(Arrays.asList(throttles));
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
    List<MessageContext> more = new ArrayList<>(settings.contexts);
    more.add(
        new MessageContext(name, messages, groupOf("context(\"" + name + "\", …)", throttles)));
    return with(copy -> copy.contexts = List.copyOf(more));
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
    ThrottleGroup connections = groupOf("connections(…)", throttles);
    return with(copy -> copy.connections = connections);
  }

  /**
   * Returns a copy with throttles for ping frames (RFC 6455, section 5.5.2), in the context {@code
   * ping}. A denied ping gets no pong. By default, pings are not charged.
   *
   * @param throttles at least one; enforced in order, all or nothing
   * @return the copy
   * @throws ConfigurationException if there is no throttle
   */
  public WebSocketThrottling pings(Throttle... throttles) {
    ThrottleGroup pings = groupOf("pings(…)", throttles);
    return with(copy -> copy.pings = pings);
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
    return with(copy -> copy.answer = answer);
  }

  /**
   * Returns a copy with another bound on the messages of one connection that wait for their
   * decision or, after it, for their turn. The default is 256. It has no effect where the server
   * stops reading instead, as Javalin does.
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
    return with(copy -> copy.maxPendingMessages = maxPendingMessages);
  }

  /**
   * Returns a copy that limits the open connections of a client in this process. Further
   * connections are closed with 1013, before the application is notified of them. By default there
   * is no limit. All copies that are made from the result share one count.
   *
   * @param perClient connections, at least 1
   * @return the copy
   * @throws ConfigurationException if it is below 1
   */
  public WebSocketThrottling maxConnections(int perClient) {
    if (perClient < 1) {
      throw new ConfigurationException(
          "maxConnections must be at least 1: " + perClient + ". Pass 1 or more.");
    }
    ConnectionLimit limit = new ConnectionLimit(perClient);
    return with(copy -> copy.connectionLimit = limit);
  }

  /**
   * Returns a copy that identifies clients in another way for {@link #maxConnections}, and for the
   * shares of waiting threads and memory that a client can occupy. The default is {@link
   * Identifier#remoteAddress()}. Throttles use their own identifier.
   *
   * @param identifier receives the handshake of each connection. Connections without an identity
   *     count as one client; exempt connections are not limited
   * @return the copy
   */
  public WebSocketThrottling client(Identifier identifier) {
    Objects.requireNonNull(identifier, "identifier must not be null");
    return with(copy -> copy.client = identifier);
  }

  MessageAnswer answer() {
    return settings.answer;
  }

  int maxPendingMessages() {
    return settings.maxPendingMessages;
  }

  @Nullable ConnectionLimit connectionLimit() {
    return settings.connectionLimit;
  }

  /** The client of a connection, or null if it is unknown. */
  @Nullable Identity clientOf(ConnectionView handshake) {
    return settings.client.identify(handshake);
  }

  /** Selects the throttles of a message. Throws what the predicate of a context throws. */
  MessageHit classify(MessageView message) {
    for (MessageContext context : settings.contexts) {
      if (context.messages.test(message)) {
        return new MessageHit(message.withContext(context.name), context.throttles);
      }
    }
    return new MessageHit(message, settings.messages);
  }

  /** Selects the throttles of a ping; null if pings are not charged. */
  @Nullable MessageHit ping(MessageView ping) {
    return settings.pings == null ? null : new MessageHit(ping.withContext("ping"), settings.pings);
  }

  /** Selects the throttles of a new connection. */
  MessageHit opening(ConnectionView handshake) {
    return new MessageHit(handshake, settings.connections);
  }
}
