package io.traffik;

import org.jspecify.annotations.Nullable;

/**
 * Determines the client of a connection as the text of its identity. Strings and numbers stand for
 * all results, so that a hit creates no object.
 */
final class ClientResolver {

  /** The outcome of a client whose hits are limited; no {@link PolicyOutcome} has this value. */
  static final long LIMITED = 0;

  // Compared by reference: an identity of the same text is another client.
  private static final String EXEMPT = String.valueOf(new char[] {'e', 'x', 'e', 'm', 'p', 't'});
  private static final String DENIED = String.valueOf(new char[] {'d', 'e', 'n', 'i', 'e', 'd'});

  private final String uid;
  private final @Nullable Identifier identifier;

  /** The client of connections without an identity; null if they cause an exception. */
  private final @Nullable String anonymousClient;

  ClientResolver(String uid, @Nullable Identifier identifier, AnonymousPolicy anonymousPolicy) {
    this.uid = uid;
    this.identifier = identifier;
    this.anonymousClient =
        switch (anonymousPolicy) {
          case THROW -> null;
          case DENY -> DENIED;
          case SHARED -> Identity.ANONYMOUS.value();
          case EXEMPT -> EXEMPT;
        };
  }

  /**
   * Returns the client of a connection, or a marker that {@link #outcomeOf} recognises.
   *
   * @throws AnonymousConnectionException if there is no identity and the policy is to throw, unless
   *     the throttle is in shadow
   */
  String resolve(ConnectionView view, ThrottleSwitches switches) {
    if (view instanceof IdentityView withoutConnection) {
      return textOf(withoutConnection.identity());
    }
    if (identifier != null) {
      Identity identity = identifier.identify(view);
      return identity == null ? anonymous(view, switches) : textOf(identity);
    }
    String address = RemoteAddressIdentifier.BY_SUBSCRIBER.canonicalAddress(view);
    return address == null ? anonymous(view, switches) : address;
  }

  private static String textOf(Identity identity) {
    return identity.isExempt() ? EXEMPT : identity.value();
  }

  private String anonymous(ConnectionView view, ThrottleSwitches switches) {
    if (anonymousClient != null) {
      return anonymousClient;
    }
    if (switches.isShadow()) {
      return EXEMPT;
    }
    throw anonymousConnection(view);
  }

  /** Returns {@link #LIMITED} for a client, and the {@link PolicyOutcome} of a marker. */
  @SuppressWarnings("ReferenceEquality")
  static long outcomeOf(String client) {
    if (client == EXEMPT) {
      return PolicyOutcome.EXEMPT;
    }
    return client == DENIED ? PolicyOutcome.DENIED_ANONYMOUS : LIMITED;
  }

  private AnonymousConnectionException anonymousConnection(ConnectionView view) {
    String remoteAddress = view.remoteAddress();
    String addressProblem =
        remoteAddress == null
            ? "the connection has no remote address"
            : "the remote address is not an address literal: \"" + remoteAddress + "\"";
    boolean onlyByAddress = identifier == null || identifier instanceof RemoteAddressIdentifier;
    return new AnonymousConnectionException(
        "No identity for a connection to throttle \""
            + uid
            + "\": "
            + (onlyByAddress
                ? addressProblem + ". Set an .identifier(…) that identifies the client"
                : "its identifier returned null. Add .or(Identifier.remoteAddress()) to it")
            + ", or choose another .onAnonymous(…).");
  }
}
