package io.traffik.tck;

import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/**
 * Hands each test its {@link HttpFixture} or {@link WebSocketFixture}, and says of each failure
 * which adapter breaks which rule.
 */
final class AdapterFixtureExtension
    implements ParameterResolver, AfterEachCallback, TestExecutionExceptionHandler {

  private static final Namespace NAMESPACE = Namespace.create(AdapterFixtureExtension.class);
  private static final Pattern UNDERSCORE = Pattern.compile("_");

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == HttpFixture.class || type == WebSocketFixture.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Object test = context.getRequiredTestInstance();
    AdapterFixture rig =
        test instanceof WebSocketContract contract
            ? new WebSocketFixture(contract)
            : new HttpFixture((AdapterContract) test);
    context.getStore(NAMESPACE).put(AdapterFixture.class, rig);
    return rig;
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable thrown)
      throws Throwable {
    if (thrown instanceof TestAbortedException) {
      throw thrown;
    }
    String claim =
        context.getRequiredTestClass().getSimpleName()
            + " breaks rule "
            + rules(context.getRequiredTestMethod().getName())
            + ": ";
    if (thrown instanceof AssertionFailedError failed) {
      throw new AssertionFailedError(
          claim + failed.getMessage(), failed.getExpected(), failed.getActual(), failed);
    }
    throw new AssertionFailedError(
        claim + (thrown instanceof AssertionError ? thrown.getMessage() : thrown), thrown);
  }

  /** The rules that a test is named after: {@code B5, H1} of {@code b5_h1_whatNeverFits}. */
  private static String rules(String test) {
    return UNDERSCORE
        .splitAsStream(test)
        .filter(part -> part.matches("[a-z][0-9]+"))
        .map(rule -> rule.toUpperCase(Locale.ROOT))
        .collect(Collectors.joining(", "));
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    AdapterFixture rig =
        context.getStore(NAMESPACE).get(AdapterFixture.class, AdapterFixture.class);
    if (rig != null) {
      rig.close();
    }
  }
}
