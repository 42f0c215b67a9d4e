/** The guide's {@code /process} (5.5): texts that are searched, and asked a model about. */
@NullMarked
package com.sutazai.tasks.process;

import org.jspecify.annotations.NullMarked;
