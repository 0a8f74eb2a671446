package io.traffik.memory;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;

/**
 * Texts that a careless encoding of keys would confuse. They have at most 17 characters, around the
 * boundaries of hashed words.
 */
public final class AdversarialText {

  private AdversarialText() {}

  /** Texts over few characters, so that equal and nearly equal texts are frequent. */
  public static Arbitrary<String> any() {
    return Arbitraries.strings()
        .withChars('a', 'b', ':', '/', '|', '\0', '\1', ' ')
        // These differ from the first two only in the high byte.
        .withChars('\u0161', '\u0162', '\uff61')
        // Surrogates, single or paired by chance, and characters that a lossy encoding replaces
        // them by.
        .withChars('\ud83d', '\ude00', '\ufffd', '?')
        .ofMinLength(0)
        .ofMaxLength(17);
  }
}
