package io.traffik.tck;

import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/** Hands each test a bench, clears it afterwards, and says of a failure which rule is broken. */
final class BackendFixtureExtension
    implements ParameterResolver, AfterTestExecutionCallback, TestExecutionExceptionHandler {

  static final String SEED = "traffik.tck.seed";

  private static final ExtensionContext.Namespace STORE =
      ExtensionContext.Namespace.create(BackendFixtureExtension.class);

  /** The rules in front of a test's name: {@code b2_b11_…}. */
  private static final Pattern RULES = Pattern.compile("([a-z]\\d+)_");

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == BackendFixture.class;
  }

  @Override
  public BackendFixture resolveParameter(ParameterContext parameter, ExtensionContext context) {
    BackendContract contract = (BackendContract) context.getRequiredTestInstance();
    BackendFixture bench = new BackendFixture(contract, seed(context));
    context.getStore(STORE).put(BackendFixture.class, bench);
    return bench;
  }

  private static long seed(ExtensionContext context) {
    return context
        .getConfigurationParameter(SEED)
        .map(Long::parseLong)
        .orElseGet(() -> ThreadLocalRandom.current().nextLong());
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable thrown)
      throws Throwable {
    BackendFixture bench = context.getStore(STORE).get(BackendFixture.class, BackendFixture.class);
    if (thrown instanceof TestAbortedException || bench == null) {
      throw thrown;
    }
    String what = thrown instanceof AssertionError ? thrown.getMessage() : "threw " + thrown;
    throw new AssertionFailedError(
        bench.describe()
            + " breaks rule "
            + rules(context.getRequiredTestMethod().getName())
            + ": "
            + what,
        thrown);
  }

  private static String rules(String test) {
    StringBuilder rules = new StringBuilder();
    Matcher matcher = RULES.matcher(test);
    while (matcher.lookingAt()) {
      rules.append(rules.isEmpty() ? "" : ", ").append(matcher.group(1).toUpperCase(Locale.ROOT));
      matcher.region(matcher.end(), test.length());
    }
    return rules.toString();
  }

  @Override
  public void afterTestExecution(ExtensionContext context) {
    BackendFixture bench =
        context.getStore(STORE).remove(BackendFixture.class, BackendFixture.class);
    if (bench != null) {
      bench.close();
    }
  }
}
