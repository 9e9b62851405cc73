package org.quadralib.tornado;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Tests that run on a device; without a TornadoVM SDK they are skipped and say so. */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Tag("device")
@ExtendWith(NeedsTornado.Condition.class)
@interface NeedsTornado {

  /** Asks for TornadoVM once and prints what is missing. */
  final class Condition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      if (Support.missing().isEmpty()) {
        return ConditionEvaluationResult.enabled("TornadoVM is there");
      }
      String reason =
          "SKIPPED %s: %s; then run mvn verify -Ptornado"
              .formatted(context.getDisplayName(), Support.missing().get());
      System.out.println(reason);
      return ConditionEvaluationResult.disabled(reason);
    }
  }
}
