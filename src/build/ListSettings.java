import io.smallrye.config.ConfigMapping;
import io.smallrye.config.ConfigMappings;
import io.smallrye.config.ConfigMappings.ConfigClass;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Lists the names of the product's settings, one a line, as its configuration interfaces have them;
 * {@code *} stands for what a user names. The program compares environment variables with the list,
 * and the build runs it from this source.
 *
 * <p>Arguments: the folder of the compiled classes, the file to make.
 */
final class ListSettings {
  private static final String ENDING = "Config.class";

  private ListSettings() {}

  public static void main(String[] arguments) throws Exception {
    Path classes = Path.of(arguments[0]);
    var names = new TreeSet<String>();
    for (Path file : configurations(classes)) {
      String path = classes.relativize(file).toString();
      Class<?> type =
          Class.forName(path.substring(0, path.length() - ".class".length()).replace('/', '.'));
      if (type.isAnnotationPresent(ConfigMapping.class)) {
        names.addAll(ConfigMappings.getProperties(ConfigClass.configClass(type)).keySet());
      }
    }
    if (names.isEmpty()) {
      throw new IllegalStateException("No settings in " + classes);
    }
    Files.write(Path.of(arguments[1]), names);
  }

  private static List<Path> configurations(Path classes) throws Exception {
    try (Stream<Path> files = Files.walk(classes.resolve("com/sutazai"))) {
      return files.filter(file -> file.toString().endsWith(ENDING)).toList();
    }
  }
}
