import '../dist/engine/main.js';
