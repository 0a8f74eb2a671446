package io.traffik;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;

/** A size that decides whether hits leave garbage, see docs/decisions/0001. */
final class InliningTest {

  /** The value of {@code FreqInlineSize}: larger methods are never inlined. */
  private static final int LARGEST_INLINED = 325;

  private static final Pattern OFFSET = Pattern.compile("(?m)^ *(\\d+): ");

  @Test
  void m4_evaluateIsTooLargeToBeInlined() throws Exception {
    String code = disassembled(DecisionPath.class);
    String evaluate = code.substring(code.indexOf(" long evaluate("));
    int size =
        OFFSET
            .matcher(evaluate.substring(0, evaluate.indexOf("\n\n")))
            .results()
            .map(MatchResult::group)
            .mapToInt(offset -> Integer.parseInt(offset.strip().replace(":", "")))
            .max()
            .orElseThrow();
    assertThat(size).isGreaterThan(LARGEST_INLINED);
  }

  private static String disassembled(Class<?> type) throws Exception {
    Path classes = Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    StringWriter code = new StringWriter();
    ToolProvider javap = ToolProvider.findFirst("javap").orElseThrow();
    String location = classes.toString();
    PrintWriter out = new PrintWriter(code);
    assertThat(javap.run(out, out, "-c", "-p", "-cp", location, type.getName())).isZero();
    return code.toString();
  }
}
