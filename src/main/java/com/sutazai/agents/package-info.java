/** The agent registry and the agents that live inside the process. */
@NullMarked
package com.sutazai.agents;

import org.jspecify.annotations.NullMarked;
