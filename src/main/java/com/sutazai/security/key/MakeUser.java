package com.sutazai.security.key;

import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.json.Check;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A user to be made.
 *
 * @param name the e-mail address when left out
 * @param owner by name, made when there is none; the caller's own when left out
 * @param roles {@code user} when left out
 */
@RegisterForReflection
record MakeUser(
    @Nullable String email,
    @Nullable String name,
    @Nullable String password,
    @Nullable String owner,
    @Nullable List<String> roles) {
  private static final Pattern EMAIL = Pattern.compile("[^\\s@]+@[^\\s@]+");
  private static final int LONGEST_EMAIL = 320;
  private static final int LONGEST_NAME = 255;

  /** The same, checked. */
  Checked checked() {
    String address = email(email);
    if (owner != null) {
      Owners.checkName(owner);
    }
    String named = name == null ? address : name;
    return new Checked(
        address,
        Check.text(
            "name", named.substring(0, Math.min(named.length(), LONGEST_NAME)), LONGEST_NAME),
        password(password),
        Role.read("roles", roles));
  }

  static String email(@Nullable String email) {
    String address = Check.text("email", email, LONGEST_EMAIL).toLowerCase(Locale.ROOT);
    if (!EMAIL.matcher(address).matches()) {
      throw ProblemException.invalid("email", "must be an e-mail address");
    }
    return address;
  }

  static String password(@Nullable String password) {
    String text = Check.text("password", password, Passwords.LONGEST);
    if (text.length() < Passwords.SHORTEST) {
      throw ProblemException.invalid(
          "password", "must have at least " + Passwords.SHORTEST + " characters");
    }
    return text;
  }

  /** What is stored of it; the password as its hash. */
  record Checked(String email, String name, String password, List<String> roles) {}

  /** Without the password. */
  @Override
  public String toString() {
    return "user " + email;
  }
}
