package io.traffik;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.traffik.spi.BackendCall;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The types and messages of exceptions. */
final class ExceptionsTest {

  private final MapBackend backend = new MapBackend();

  private ThrottleBuilder throttle() {
    return Throttle.builder("search").rate("9/h").backend(backend);
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        ConfigurationException.class,
        AnonymousConnectionException.class,
        ConnectionThrottledException.class,
        BackendException.class
      })
  void t4_everyExceptionIsAnUncheckedTraffikException(Class<?> type) {
    assertThat(type).isAssignableTo(TraffikException.class).isAssignableTo(RuntimeException.class);
  }

  @ParameterizedTest
  @EnumSource
  void t4_l5_aMissingBackendNamesTheThrottleAndTheRemedies(OperationForm form) {
    Throttle api = Throttle.builder("search").rate("9/h").build();
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> form.hit(api, TestView.GET))
        .withMessageContainingAll(
            "No throttle backend configured",
            "\"search\"",
            ".backend(…)",
            "BackendScope.enter(…)",
            "adapter");
  }

  @ParameterizedTest
  @EnumSource
  void t4_i4_aMissingIdentityNamesTheProblemAndTheRemedies(OperationForm form) {
    assertThatExceptionOfType(AnonymousConnectionException.class)
        .isThrownBy(() -> form.hit(throttle().build(), TestView.GET.remoteAddress(null)))
        .withMessageContainingAll(
            "\"search\"", "no remote address", ".identifier(", ".onAnonymous(");
    assertThatExceptionOfType(AnonymousConnectionException.class)
        .isThrownBy(() -> form.hit(throttle().build(), TestView.GET.remoteAddress("host.example")))
        .withMessageContainingAll("\"host.example\"", "address literal", ".onAnonymous(");
    Throttle byKey = throttle().identifier(view -> null).build();
    assertThatExceptionOfType(AnonymousConnectionException.class)
        .isThrownBy(() -> form.hit(byKey, TestView.GET))
        .withMessageContainingAll(
            "returned null", ".or(Identifier.remoteAddress())", ".onAnonymous(");
  }

  @ParameterizedTest
  @EnumSource
  void t4_k3_aNullScopeIsRejected(OperationForm form) {
    Throttle nullScope = throttle().scope(view -> null).build();
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> form.hit(nullScope, TestView.GET))
        .withMessageContainingAll("\"search\"", "scope", "must not be null");
  }

  @ParameterizedTest
  @EnumSource
  void t4_anyExceptionOfAStoreBecomesABackendException(OperationForm form) {
    NumberFormatException garbage = new NumberFormatException("garbage");
    Backend broken =
        new MapBackend() {
          @Override
          public long[] decide(BackendCall call) {
            throw garbage;
          }
        };
    Throttle api = throttle().backend(broken).onBackendFailure(FailurePolicy.THROW).build();
    assertThatExceptionOfType(BackendException.class)
        .isThrownBy(() -> form.hit(api, TestView.GET))
        .withMessageContaining("garbage")
        .withCause(garbage);
  }
}
