package io.traffik;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The scopes that a throttle has used in this process (rule K6). Their number is bounded, because a
 * scope of the application may be a text that clients choose. Thread-safe.
 */
final class UsedScopes {

  static final int MAX_SCOPES = 1_024;

  private static final int RECENT = 64;

  private final Set<String> scopes = ConcurrentHashMap.newKeySet();

  /** Lets a hit with a scope that is already known do without the set. Races are harmless. */
  private final @Nullable String[] recent = new String[RECENT];

  @SuppressWarnings("ReferenceEquality") // another object of the same text is looked up in the set
  void add(String scope) {
    if (recent[scope.hashCode() & (RECENT - 1)] != scope) {
      remember(scope);
    }
  }

  private void remember(String scope) {
    if (scopes.size() < MAX_SCOPES) {
      scopes.add(scope);
    }
    recent[scope.hashCode() & (RECENT - 1)] = scope;
  }

  List<String> list() {
    return scopes.stream().sorted().toList();
  }
}
