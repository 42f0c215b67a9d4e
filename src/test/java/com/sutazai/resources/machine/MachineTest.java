package com.sutazai.resources.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineTest {
  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path folder;

  @BeforeEach
  void machineOfOneGigabyte() throws IOException {
    write("proc/meminfo", "MemTotal: 1048576 kB\nMemFree: 1 kB\nMemAvailable: 524288 kB\n");
    write("proc/loadavg", "0.75 0.50 0.25 1/100 4242\n");
    write("proc/self/status", "Name:\tjava\nVmRSS:\t  2048 kB\n");
    write("proc/pressure/cpu", "some avg10=1.50 avg60=2.25 avg300=0.00 total=7\n");
  }

  private void write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private Machine machine() {
    return new Machine(folder.resolve("proc"));
  }

  private void unified(String path, String root) throws IOException {
    write("proc/self/cgroup", "0::" + path + "\n");
    write(
        "proc/self/mountinfo",
        "29 23 0:26 " + root + " " + folder.resolve("sys") + " rw shared:4 - cgroup2 cgroup2 rw\n");
  }

  @Test
  void without_control_groups_the_machine_is_the_limit() {
    // When
    Machine machine = machine();

    // Then
    assertThat(machine.controlGroupVersion()).isEmpty();
    assertThat(machine.memory()).contains(new Memory(1L << 30, 1L << 29, false));
    assertThat(machine.processors()).isEqualTo(Runtime.getRuntime().availableProcessors() * 1000L);
    assertThat(machine.load()).hasValue(0.75);
    assertThat(machine.residentBytes()).hasValue(2L << 20);
    assertThat(machine.cpuPressure()).contains(new Pressure(1.5, 2.25, null, null));
    assertThat(machine.memoryPressure()).isEmpty();
    assertThat(machine.gpus()).isEmpty();
  }

  @Test
  void the_smallest_limit_above_a_group_of_version_2_holds() throws IOException {
    // Given
    unified("/app/web", "/");
    write("sys/app/memory.max", "104857600\n");
    write("sys/app/memory.current", "62914560\n");
    write("sys/app/memory.stat", "anon 1\ninactive_file 10485760\n");
    write("sys/app/web/memory.max", "max\n");
    write("sys/app/web/memory.current", "1\n");
    write("sys/app/cpu.max", "50000 100000\n");
    write("sys/app/web/cpu.max", "max 100000\n");
    write("sys/app/web/cpu.stat", "usage_usec 5\nnr_throttled 3\n");
    write("sys/app/web/memory.pressure", "some avg10=0.1 avg60=0.2\nfull avg10=0.3 avg60=0.4\n");

    // When
    Machine machine = machine();

    // Then
    assertThat(machine.controlGroupVersion()).contains(2);
    assertThat(machine.memory()).contains(new Memory(100L << 20, 50L << 20, true));
    assertThat(machine.processors()).isEqualTo(500);
    assertThat(machine.throttledPeriods()).hasValue(3);
    assertThat(machine.memoryPressure()).contains(new Pressure(0.1, 0.2, 0.3, 0.4));
    assertThat(machine.cpuPressure()).map(Pressure::someAvg10).isEqualTo(Optional.of(1.5));
  }

  @Test
  void a_container_sees_its_own_group_as_the_top() throws IOException {
    // Given
    unified("/docker/1a2b", "/docker/1a2b");
    write("sys/memory.max", "209715200\n");
    write("sys/memory.current", "0\n");

    // Then
    assertThat(machine().memory()).map(Memory::capacity).contains(200L << 20);
  }

  @Test
  void groups_of_version_1_are_read_by_controller() throws IOException {
    // Given
    write("proc/self/cgroup", "4:memory:/job\n2:cpu,cpuacct:/\n0::/\n");
    write(
        "proc/self/mountinfo",
        "1 2 0:3 / "
            + folder.resolve("v1/memory")
            + " rw - cgroup cgroup rw,memory\n1 2 0:4 / "
            + folder.resolve("v1/cpu")
            + " rw - cgroup cgroup rw,cpu,cpuacct\n1 2 0:5 / "
            + folder.resolve("v1/unified")
            + " rw - cgroup2 cgroup2 rw\n");
    write("v1/memory/memory.limit_in_bytes", "9223372036854771712\n");
    write("v1/memory/memory.usage_in_bytes", "73400320\n");
    write("v1/memory/job/memory.limit_in_bytes", "83886080\n");
    write("v1/memory/job/memory.usage_in_bytes", "73400320\n");
    write("v1/memory/job/memory.stat", "inactive_file 0\ntotal_inactive_file 31457280\n");
    write("v1/cpu/cpu.cfs_quota_us", "25000\n");
    write("v1/cpu/cpu.cfs_period_us", "100000\n");

    // When
    Machine machine = machine();

    // Then
    assertThat(machine.controlGroupVersion()).contains(1);
    assertThat(machine.memory()).contains(new Memory(80L << 20, 40L << 20, true));
    assertThat(machine.processors()).isEqualTo(250);
  }

  @Test
  void files_that_say_nothing_are_no_limit() throws IOException {
    // Given
    unified("/app", "/");
    write("sys/app/memory.max", "many\n");
    write("sys/app/cpu.max", "\n");
    write("proc/pressure/memory", "nonsense\n");

    // Then
    assertThat(machine().memory()).map(Memory::limited).contains(false);
    assertThat(machine().processors()).isPositive();
    assertThat(machine().memoryPressure()).isEmpty();
  }
}
