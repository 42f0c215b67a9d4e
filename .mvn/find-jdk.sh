# Sourced by mvnw and deploy/sutazai: sets JAVA_HOME to a JDK that is new enough, or says which one to install.
# Order: JAVA_HOME, the java on PATH, then the usual installation folders, newest first.
sutazai_java_release=25

sutazai_java_major() {
  [ -x "$1/bin/java" ] || return 1
  sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null
}

sutazai_fits() {
  major=$(sutazai_java_major "$1") && [ -n "$major" ] && [ "$major" -ge "$sutazai_java_release" ] &&
    { [ "$2" = run ] || [ -x "$1/bin/javac" ]; }
}

# sutazai_find_jdk run|build
sutazai_find_jdk() {
  set +f
  for candidate in "${JAVA_HOME-}" \
    "$(on_path=$(command -v java) && dirname "$(dirname "$(readlink -f "$on_path")")")" \
    $(ls -1d /usr/lib/jvm/* /opt/java/* /opt/jdk* "${HOME-}"/.sdkman/candidates/java/* "${HOME-}"/.jdks/* 2>/dev/null | sort -rV); do
    if [ -n "$candidate" ] && sutazai_fits "$candidate" "$1"; then
      JAVA_HOME=$candidate
      export JAVA_HOME
      return 0
    fi
  done
  echo "SutazAI needs a JDK $sutazai_java_release or newer and found none (looked at JAVA_HOME, PATH and /usr/lib/jvm)." >&2
  echo "Install Eclipse Temurin $sutazai_java_release (package temurin-$sutazai_java_release-jdk, https://adoptium.net/installation/linux/) or set JAVA_HOME to one." >&2
  return 1
}
