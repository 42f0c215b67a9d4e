package com.sutazai.gateway.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import jakarta.ws.rs.NotAllowedException;
import java.io.IOException;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class OpenAiErrorsTest {
  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of(problem(ErrorCode.MODEL_NOT_FOUND), 404, "invalid_request_error"),
        Arguments.of(problem(ErrorCode.MODEL_BUSY), 503, "server_error"),
        Arguments.of(problem(ErrorCode.UNAUTHENTICATED), 401, "authentication_error"),
        Arguments.of(problem(ErrorCode.FORBIDDEN), 403, "permission_error"),
        Arguments.of(problem(ErrorCode.INVALID_JSON), 400, "invalid_request_error"),
        Arguments.of(new IOException("cut off"), 400, "invalid_request_error"),
        Arguments.of(new InterruptedException(), 503, "server_error"),
        Arguments.of(new NotAllowedException("GET"), 405, "invalid_request_error"),
        Arguments.of(new IllegalStateException("of the test"), 500, "server_error"));
  }

  private static ProblemException problem(ErrorCode code) {
    return new ProblemException(code, "why");
  }

  @ParameterizedTest
  @MethodSource("failures")
  void a_failure_has_the_status_and_the_type_that_clients_know(
      Throwable failure, int status, String type) {
    // When
    var response = OpenAiErrors.response(failure);

    // Then
    assertThat(response.getStatus()).isEqualTo(status);
    assertThat(((OpenAiError) response.getEntity()).error().type()).isEqualTo(type);
  }

  @Test
  void the_field_the_code_and_the_wait_are_told() {
    // Given
    var problem =
        ProblemException.invalid("model", "must be a text").retryAfter(Duration.ofMillis(1500));

    // When
    var response = OpenAiErrors.response(problem);

    // Then
    assertThat(response.getHeaderString("Retry-After")).isEqualTo("2");
    assertThat(response.getEntity())
        .isEqualTo(
            new OpenAiError(
                new OpenAiError.Details(
                    "model must be a text", "invalid_request_error", "model", "invalid_request")));
  }
}
