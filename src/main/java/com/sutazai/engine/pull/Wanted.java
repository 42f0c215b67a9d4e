package com.sutazai.engine.pull;

import com.sutazai.engine.model.DemonstrationModel;
import com.sutazai.engine.model.ModelReference;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is to be pulled.
 *
 * @param reference under which name it will be here
 * @param file where it is, if that was said; else a registry knows
 */
record Wanted(ModelReference reference, Optional<Blob> file) {
  private static final Pattern DIGEST = Pattern.compile("sha256=([0-9a-fA-F]{64})");
  private static final String SUFFIX = ".gguf";

  /** Reads a name, or an https address that ends in {@code .gguf}, {@code #sha256=…} behind it. */
  static Wanted parse(String text) throws PullException {
    Wanted wanted = text.contains("://") ? ofAddress(text) : ofName(text);
    if (DemonstrationModel.isNamed(wanted.reference.name())) {
      throw new PullException(
          wanted.reference.shortName() + " is the demonstration model, which is always here");
    }
    return wanted;
  }

  private static Wanted ofName(String text) throws PullException {
    ModelReference reference =
        ModelReference.parse(text)
            .orElseThrow(
                () ->
                    new PullException(
                        "invalid model name: it is name, name:tag, owner/name:tag or the https"
                            + " address of a .gguf file"));
    return new Wanted(reference, Optional.empty());
  }

  private static Wanted ofAddress(String text) throws PullException {
    URI address;
    try {
      address = new URI(text);
    } catch (URISyntaxException e) {
      throw new PullException("the address cannot be read: " + e.getReason(), e);
    }
    String path = address.getPath() == null ? "" : address.getPath();
    String file = path.substring(path.lastIndexOf('/') + 1);
    Optional<ModelReference> reference =
        file.endsWith(SUFFIX)
            ? ModelReference.parse(file.substring(0, file.length() - SUFFIX.length()))
            : Optional.empty();
    if (reference.isEmpty() || address.getUserInfo() != null) {
      throw new PullException(
          "the address must end with the name of a .gguf file, of letters, digits and . _ -,"
              + " and have no password");
    }
    return new Wanted(
        reference.get(),
        Optional.of(new Blob(plain(address), digest(address), OptionalLong.empty())));
  }

  private static Optional<String> digest(URI address) throws PullException {
    String fragment = address.getFragment();
    if (fragment == null) {
      return Optional.empty();
    }
    Matcher matcher = DIGEST.matcher(fragment);
    if (!matcher.matches()) {
      throw new PullException("behind # there may be sha256= and 64 hexadecimal digits only");
    }
    return Optional.of(matcher.group(1).toLowerCase(Locale.ROOT));
  }

  private static URI plain(URI address) {
    String text = address.toString();
    int fragment = text.indexOf('#');
    return fragment < 0 ? address : URI.create(text.substring(0, fragment));
  }
}
