package io.traffik.redis.server;

import java.lang.System.Logger.Level;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Marks tests that start servers as processes; without a binary for this machine they are left out.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsProcesses.Binary.class)
public @interface NeedsProcesses {

  /** Whether there is a binary; if not, says so in the log. */
  final class Binary implements ExecutionCondition {

    private static final System.Logger LOG = System.getLogger(NeedsProcesses.class.getName());

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      if (RedisProcess.isAvailable()) {
        return ConditionEvaluationResult.enabled("there is a redis-server");
      }
      String reason =
          "there is no redis-server for "
              + System.getProperty("os.name")
              + " "
              + System.getProperty("os.arch")
              + "; put one on the PATH";
      LOG.log(Level.WARNING, "{0} is left out: {1}", context.getDisplayName(), reason);
      return ConditionEvaluationResult.disabled(reason);
    }
  }
}
