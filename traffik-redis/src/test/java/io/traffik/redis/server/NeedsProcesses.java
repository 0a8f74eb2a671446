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

/** Marks tests that start servers as processes. They are skipped if this machine has no binary. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsProcesses.Binary.class)
public @interface NeedsProcesses {

  /** Enables the test if there is a binary; otherwise logs the reason. */
  final class Binary implements ExecutionCondition {

    private static final System.Logger LOG = System.getLogger(NeedsProcesses.class.getName());

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      if (RedisProcess.isAvailable()) {
        return ConditionEvaluationResult.enabled("redis-server is available");
      }
      String reason =
          "no redis-server for "
              + System.getProperty("os.name")
              + " "
              + System.getProperty("os.arch")
              + ". Put one on the PATH.";
      LOG.log(Level.WARNING, "{0} skipped: {1}", context.getDisplayName(), reason);
      return ConditionEvaluationResult.disabled(reason);
    }
  }
}
