package io.traffik;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The identity of a client: a text that all of its connections have in common.
 *
 * <p>Any text that is not blank is valid. Two identities are equal if their texts are equal. If a
 * throttle has several kinds of identities, for example API keys and addresses, give each kind a
 * prefix. Otherwise a client could choose a key that equals another client's address.
 *
 * <p>Immutable and safe for any number of threads.
 */
public final class Identity {

  /**
   * The identity of clients without limit: no key, no state, no header fields. It differs from
   * every identity that has a text.
   */
  public static final Identity EXEMPT = new Identity("EXEMPT", true);

  /**
   * The identity of all anonymous clients under {@link AnonymousPolicy#SHARED}. Its empty text is
   * not valid for {@link #of}, so no other client has it.
   */
  static final Identity ANONYMOUS = new Identity("", false);

  private final String value;
  private final boolean exempt;

  private Identity(String value, boolean exempt) {
    this.value = value;
    this.exempt = exempt;
  }

  /**
   * An identity with a text.
   *
   * @param value the text, not blank
   * @return the identity
   * @throws IllegalArgumentException if the text is blank
   */
  public static Identity of(String value) {
    if (Objects.requireNonNull(value, "identity must not be null").isBlank()) {
      throw new IllegalArgumentException(
          "identity must not be blank: \""
              + value
              + "\"; return null from the identifier if the client is unknown");
    }
    return new Identity(value, false);
  }

  boolean isExempt() {
    return exempt;
  }

  /**
   * The text of this identity.
   *
   * @return the text
   */
  public String value() {
    return value;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Identity that && exempt == that.exempt && value.equals(that.value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public String toString() {
    return value;
  }
}
