package io.traffik.tck.junit;

import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/**
 * Passes a fixture to each test and closes it afterwards. A failure message starts with the name of
 * the implementation and the broken rules.
 *
 * @param <F> the type of the fixture, which is the type of the tests' parameter
 */
public abstract class FixtureExtension<F extends Fixture>
    implements ParameterResolver, AfterTestExecutionCallback, TestExecutionExceptionHandler {

  private static final Namespace NAMESPACE = Namespace.create(FixtureExtension.class);
  private static final Pattern UNDERSCORE = Pattern.compile("_");

  private final Class<F> type;

  /** Creates an extension for tests that have a parameter of this type. */
  protected FixtureExtension(Class<F> type) {
    this.type = type;
  }

  /** Creates the fixture of one test. */
  protected abstract F fixture(Object contract, ExtensionContext context);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == type;
  }

  @Override
  public F resolveParameter(ParameterContext parameter, ExtensionContext context) {
    F fixture = fixture(context.getRequiredTestInstance(), context);
    context.getStore(NAMESPACE).put(Fixture.class, fixture);
    return fixture;
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable thrown)
      throws Throwable {
    Fixture fixture = context.getStore(NAMESPACE).get(Fixture.class, Fixture.class);
    if (thrown instanceof TestAbortedException || fixture == null) {
      throw thrown;
    }
    String claim = fixture.subject() + claim(context.getRequiredTestMethod().getName()) + ": ";
    if (thrown instanceof AssertionFailedError failed) {
      throw new AssertionFailedError(
          claim + failed.getMessage(), failed.getExpected(), failed.getActual(), failed);
    }
    throw new AssertionFailedError(
        claim + (thrown instanceof AssertionError ? thrown.getMessage() : "threw " + thrown),
        thrown);
  }

  /**
   * Names the rules in the name of a test: {@code B5, H1} for {@code b5_h1_anImpossibleCost}. A
   * test of an interface's documentation has no rule, so its whole name is used.
   */
  private static String claim(String test) {
    String rules =
        UNDERSCORE
            .splitAsStream(test)
            .filter(part -> part.matches("[a-z][0-9]+"))
            .map(rule -> rule.toUpperCase(Locale.ROOT))
            .collect(Collectors.joining(", "));
    return rules.isEmpty() ? " fails " + test : " breaks rule " + rules;
  }

  @Override
  public void afterTestExecution(ExtensionContext context) throws Exception {
    Fixture fixture = context.getStore(NAMESPACE).remove(Fixture.class, Fixture.class);
    if (fixture != null) {
      fixture.close();
    }
  }
}
