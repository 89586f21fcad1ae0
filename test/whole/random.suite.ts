import folders from './folders.json';
import { together } from '../together';

together(...folders.random);
