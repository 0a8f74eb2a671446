package io.traffik;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Who a client is: a text that is the same for every connection that shares a bucket.
 *
 * <p>Any text that is not blank will do; two identities are equal if their texts are. Where several
 * kinds of identity meet in one throttle (API keys and addresses, say), give each a prefix of its
 * own, so that no client can choose a key that reads like another's address.
 *
 * <p>Immutable and safe for any number of threads.
 */
public final class Identity {

  /**
   * Lets the connection through without a limit: no key, no state, no header fields. No text makes
   * an identity equal to it.
   */
  public static final Identity EXEMPT = new Identity("EXEMPT", true);

  /**
   * Who all clients without identity are under {@link AnonymousPolicy#SHARED}. Its text is empty,
   * which {@link #of} refuses, so that no named client meets it.
   */
  static final Identity ANONYMOUS = new Identity("", false);

  private final String value;
  private final boolean exempt;

  private Identity(String value, boolean exempt) {
    this.value = value;
    this.exempt = exempt;
  }

  /**
   * An identity by its text.
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
              + "\"; an identifier that does not know the client returns null");
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
