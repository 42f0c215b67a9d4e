/** The agent that looks after the machine: what it measures, what fills the disk, own settings. */
@NullMarked
package com.sutazai.agents.hardware;

import org.jspecify.annotations.NullMarked;
