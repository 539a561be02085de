#!/usr/bin/env node
import '../dist/journal/kill9-main.js';
