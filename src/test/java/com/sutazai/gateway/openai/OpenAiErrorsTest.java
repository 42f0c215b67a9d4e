package com.sutazai.gateway.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.Problem;
import com.sutazai.platform.error.ProblemException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenAiErrorsTest {
  private final OpenAiErrors errors = new OpenAiErrors();

  @ParameterizedTest
  @CsvSource({
    "MODEL_NOT_FOUND, 404, invalid_request_error",
    "MODEL_BUSY, 503, server_error",
    "UNAUTHENTICATED, 401, authentication_error",
    "FORBIDDEN, 403, permission_error",
    "INVALID_JSON, 400, invalid_request_error",
    "INTERNAL, 500, server_error"
  })
  void an_error_has_the_status_and_the_type_that_clients_know(
      ErrorCode code, int status, String type) {
    // Given
    var problem = Problem.of(code, "why", null);

    // When
    var body = errors.body(problem);

    // Then
    assertThat(errors.status(problem)).isEqualTo(status);
    assertThat(body.error().type()).isEqualTo(type);
  }

  @Test
  void the_field_and_the_code_are_told() {
    assertThat(errors.body(Problem.of(ProblemException.invalid("model", "must be a text"))))
        .isEqualTo(
            new OpenAiError(
                new OpenAiError.Details(
                    "model must be a text", "invalid_request_error", "model", "invalid_request")));
  }
}
