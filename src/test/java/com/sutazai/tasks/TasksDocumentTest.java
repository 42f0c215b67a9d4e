package com.sutazai.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class TasksDocumentTest {
  private static final Path DOCUMENT = Path.of("docs/tasks.md");

  @Test
  void each_field_of_a_task_is_told() throws Exception {
    String table = Files.readString(DOCUMENT).split("\\| header of the request", 2)[0];
    List<String> told =
        Pattern.compile("^\\| `(\\w+)` \\|", Pattern.MULTILINE)
            .matcher(table)
            .results()
            .map((MatchResult row) -> row.group(1))
            .toList();

    List<String> fields =
        Arrays.stream(SubmitTask.class.getRecordComponents())
            .map(field -> new SnakeCaseStrategy().translate(field.getName()))
            .toList();
    assertThat(told).containsExactlyInAnyOrderElementsOf(fields);
  }
}
