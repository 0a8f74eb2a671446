package io.traffik;

import io.traffik.address.AddressLiteral;

/**
 * The classes that a hit needs, initialised when a throttle is built. If the first hit of a process
 * initialised them and ran out of stack, they would be unusable for ever.
 */
final class HitClasses {

  private HitClasses() {}

  /** Uses each class once, which also links its concatenations of strings. */
  static void initialize() {
    ConnectionView view = ConnectionView.of(Identity.ANONYMOUS);
    Scope.ALL_ROUTES.of(view);
    ScopeNames.byDefault(view);
    BackendScope.innermost();
    RemoteAddressIdentifier.BY_SUBSCRIBER.canonicalAddress(view);
    AddressLiteral.isCanonicalIpv4("127.0.0.1");
    ThrottledHandler.throwing();
  }
}
