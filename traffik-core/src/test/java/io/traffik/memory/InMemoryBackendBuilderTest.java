package io.traffik.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.traffik.ConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The settings of a backend, and the errors for invalid ones (rule T4). */
class InMemoryBackendBuilderTest {

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\t\n"})
  void t4_aBlankNamespaceIsRefused(String namespace) {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> InMemoryBackend.create(namespace))
        .withMessage("namespace must not be blank: \"" + namespace + "\"");
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MIN_VALUE, -1, 0, 1_000_000_001, Long.MAX_VALUE})
  void m1_t4_aBoundOutOfRangeIsRefused(long maxKeys) {
    InMemoryBackendBuilder builder = InMemoryBackend.builder("app");
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> builder.maxKeys(maxKeys))
        .withMessage("maxKeys must be from 1 to 1000000000: " + maxKeys);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 1_000_000_000})
  void m1_theEndsOfTheRangeAreAcceptedAndCostNothingBeforeUse(long maxKeys) {
    InMemoryBackend backend = InMemoryBackend.builder("app").maxKeys(maxKeys).build();
    assertThat(backend.size()).isZero();
    assertThat(backend.evictions()).isZero();
  }

  @Test
  void t4_nullIsRefusedByName() {
    InMemoryBackendBuilder builder = InMemoryBackend.builder("app");
    assertThatNullPointerException()
        .isThrownBy(() -> builder.clock(null))
        .withMessage("clock must not be null");
    assertThatNullPointerException()
        .isThrownBy(() -> InMemoryBackend.builder(null))
        .withMessage("namespace must not be null");
  }

  @Test
  void l4_theBackendCarriesItsChoices() {
    InMemoryBackend chosen = InMemoryBackend.builder("app").persistent(true).build();
    assertThat(chosen.persistent()).isTrue();
    assertThat(chosen).hasToString("InMemoryBackend[app]");
    InMemoryBackend plain = InMemoryBackend.create("app");
    assertThat(plain.persistent()).isFalse();
    assertThat(plain.namespace()).isEqualTo("app");
  }
}
