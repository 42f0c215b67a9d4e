/** The agent that leases resources of the machine to tasks' owners. */
@NullMarked
package com.sutazai.agents.resources;

import org.jspecify.annotations.NullMarked;
